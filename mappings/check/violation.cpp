#include "mappings/check/violation.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace moesaic::mappings {

std::string to_text(const Violation& v) {
  return fmt::format("{}: {}: found {}, expected {}; {}", v.kind, v.place, v.value, v.limit, v.remedy);
}

std::string to_json(const std::vector<Violation>& violations) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Violation& v : violations)
    list.push_back(
        {{"kind", v.kind}, {"place", v.place}, {"limit", v.limit}, {"value", v.value}, {"remedy", v.remedy}});
  return list.dump(2);
}

} // namespace moesaic::mappings
