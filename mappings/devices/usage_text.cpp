// What a program occupies, for people and as violations.
#include <fmt/format.h>

#include "mappings/devices/check_cards.hpp"

namespace moesaic::mappings {

std::vector<Violation> overflows(const associative::Usage& usage, const std::string& where) {
  std::vector<Violation> list;
  for (const auto& level : usage.levels)
    if (level.used > level.capacity)
      list.push_back({"level capacity", where + level.level, fmt::format("at most {:.0f} {}", level.capacity, level.unit),
                      fmt::format("{:.0f} {}, {:.0f} too many", level.used, level.unit, level.used - level.capacity),
                      "work on smaller tiles, or keep less in this level"});
  return list;
}

std::string usage_text(const associative::Usage& usage) {
  std::string text = fmt::format("{:20} {:>16} {:>16}\n", "level", "used", "there");
  for (const auto& level : usage.levels)
    text += fmt::format("{:20} {:>16.0f} {:>16.0f} {}\n", level.level, level.used, level.capacity, level.unit);
  text += fmt::format("\nlife times of vectors ({} at once at most; steps in program order, loops once)\n", usage.most_alive);
  for (const auto& life : usage.vectors)
    text += fmt::format("  vector {:<3} step {:>5} ({}) to {:>5} ({}), {} writes, {} reads\n", life.vector, life.first,
                        life.first_name, life.last, life.last_name, life.writes, life.reads);
  return text;
}

} // namespace moesaic::mappings
