// A list of numbers that is filled and emptied all the time: it keeps its memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

namespace moesaic::hw::noc {

class IdList {
 public:
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }
  void push_back(std::uint32_t id) {
    if (size_ == capacity_)
      grow();
    ids_[size_++] = id;
  }
  const std::uint32_t* begin() const { return ids_.get(); }
  const std::uint32_t* end() const { return ids_.get() + size_; }

 private:
  void grow() {
    capacity_ = capacity_ ? 2 * capacity_ : 64;
    auto larger = std::make_unique<std::uint32_t[]>(capacity_);
    std::copy(begin(), end(), larger.get());
    ids_ = std::move(larger);
  }
  std::unique_ptr<std::uint32_t[]> ids_;
  std::uint32_t size_ = 0, capacity_ = 0;
};

} // namespace moesaic::hw::noc
