#include "workloads/json_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

Json parse_json(const std::string& text, const std::string& file) {
  std::vector<std::set<std::string>> seen; // keys of the objects we are in
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start)
      seen.emplace_back();
    if (event == Json::parse_event_t::object_end)
      seen.pop_back();
    if (event == Json::parse_event_t::key && !seen.back().insert(parsed.get<std::string>()).second)
      throw InputError(fmt::format("{}: {}: stands twice", file, short_text(parsed)));
    return true;
  };
  try {
    return Json::parse(text, watch);
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
