// Reading a file in a process of its own, for libraries that crash on damaged ones: what the child has read comes to the
// parent in memory of its own, and the parent believes nothing of it that it has not checked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

namespace moesaic::workloads {

/// One side of it. get... throws std::runtime_error where it ends too early or a length is over its limit.
class HandOver {
 public:
  explicit HandOver(std::FILE* stream) : stream_(stream) {}

  void put(const void* bytes, std::size_t count);
  template <class T> void put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    put(&value, sizeof value);
  }
  void put(const std::string& text);
  template <class T> void put(const std::vector<T>& values) {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    put(static_cast<std::uint64_t>(values.size()));
    put(values.data(), values.size() * sizeof(T));
  }

  void get(void* bytes, std::size_t count);
  template <class T> T get() {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    T value;
    get(&value, sizeof value);
    return value;
  }
  std::size_t get_count(std::size_t most);
  std::string get_text(std::size_t most = 1 << 20);
  template <class T> std::vector<T> get_array(std::size_t most) {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    const std::size_t count = get_count(most);
    constexpr std::size_t at_once = std::size_t{1} << 22; // no more memory than what has really come
    std::vector<T> values;
    while (values.size() < count) {
      const std::size_t first = values.size(), next = std::min(count - first, at_once);
      values.resize(first + next);
      get(values.data() + first, next * sizeof(T));
    }
    return values;
  }
  std::vector<double> get_values(std::size_t most) { return get_array<double>(most); }
  void get_end(); ///< nothing may follow

 private:
  std::FILE* stream_;
};

/// Runs `read` in a child process and then, there, the `put` that it returns; `get` takes that in here. An InputError of
/// `read` is thrown here with its text. A crash, a disagreement with what `get` expects (any std::runtime_error) or more
/// than `seconds` of processor time is an InputError that `file` is damaged.
void read_apart(const std::string& file, const std::function<std::function<void(HandOver&)>()>& read,
                const std::function<void(HandOver&)>& get, unsigned seconds);

/// Far more than reading a file of that size takes: 5, and one for each MiB.
unsigned patience(const std::string& file);

} // namespace moesaic::workloads
