#include "workloads/json_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

namespace {

constexpr int deepest = 64; ///< nlohmann's writer recurses: without a limit a file of brackets ends the program

/// Looks at keys and depth only. (nlohmann's parser callback would do, but it takes time quadratic in the size of
/// an object.)
class DuplicateFinder : public nlohmann::json_sax<Json> {
 public:
  explicit DuplicateFinder(const std::string& file) : file_(file) {}

  bool key(string_t& name) override {
    if (!seen_.back().insert(name).second)
      throw InputError(fmt::format("{}: {}: stands twice", file_, short_text(name)));
    return true;
  }
  bool start_object(std::size_t) override { return seen_.emplace_back(), deeper(); }
  bool end_object() override { return seen_.pop_back(), --depth_, true; }
  bool start_array(std::size_t) override { return deeper(); }
  bool end_array() override { return --depth_, true; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

 private:
  bool deeper() {
    if (++depth_ > deepest)
      throw InputError(fmt::format("{}: nested deeper than {} levels", file_, deepest));
    return true;
  }

  const std::string& file_;
  int depth_ = 0;
  std::vector<std::unordered_set<std::string>> seen_; ///< keys of the objects we are in
};

} // namespace

Json parse_json(const std::string& text, const std::string& file) {
  try {
    DuplicateFinder finder(file);
    Json::sax_parse(text, &finder);
    return Json::parse(text); // says where an error is
  } catch (const Json::parse_error& e) {
    const auto at = text.begin() + static_cast<std::ptrdiff_t>(std::min(e.byte, text.size()));
    throw InputError(
        fmt::format("{}:{}: not valid JSON (byte {})", file, 1 + std::count(text.begin(), at, '\n'), e.byte));
  } catch (const Json::exception& e) { // for example a number beyond double's range
    throw InputError(fmt::format("{}: not valid JSON: {}", file, e.what()));
  }
}

std::string read_text_file(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    throw InputError(file + ": no such file");
  if (std::filesystem::file_size(file, error) > (64u << 20))
    throw InputError(file + ": larger than 64 MiB");
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in)
    throw InputError(file + ": cannot be read");
  return text.str();
}

std::string short_text(const Json& value) {
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > 60)
    text = text.substr(0, 57) + "...";
  return text;
}

} // namespace moesaic::workloads
