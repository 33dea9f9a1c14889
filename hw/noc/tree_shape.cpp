#include "hw/noc/tree_shape.hpp"

#include <algorithm>
#include <string>

#include "description/error.hpp"

namespace moesaic::hw::noc {

namespace {
constexpr long most_room = 1L << 30;
}

int TreeShape::room(const std::vector<int>& radices) {
  long chips = radices.empty() ? 0 : 1;
  for (const int radix : radices)
    chips = std::min(chips * radix, most_room);
  return static_cast<int>(chips);
}

int TreeShape::levels_for(int chips, const std::vector<int>& radices) {
  int levels = 1;
  while (levels < static_cast<int>(radices.size()) && room({radices.begin(), radices.begin() + levels}) < chips)
    ++levels;
  return levels;
}

TreeShape::TreeShape(int chips, const std::vector<int>& radices) : chips_(chips), nodes_(chips) {
  if (radices.empty())
    throw InputError("a tree of chips needs at least one level of switches");
  for (const int radix : radices)
    if (radix < 1)
      throw InputError("a switch with " + std::to_string(radix) + " children: must be at least 1");
  if (chips < 1 || room(radices) < chips)
    throw InputError("a tree for " + std::to_string(chips) + " chips: its switches have room for " +
                     std::to_string(room(radices)));
  long span = 1;
  for (const int radix : radices) {
    span = std::min(span * radix, most_room);
    rows_.push_back({radix, nodes_, static_cast<int>(span)});
    nodes_ += static_cast<int>((chips + span - 1) / span);
  }
}

int TreeShape::switches(int level) const {
  const auto at = static_cast<std::size_t>(level);
  return (at < rows_.size() ? rows_[at].first : nodes_) - rows_[at - 1].first;
}

int TreeShape::level_of(int node) const {
  int level = 0;
  while (level < levels() && node >= rows_[static_cast<std::size_t>(level)].first)
    ++level;
  return level;
}

int TreeShape::number_of(int node) const {
  return level_of(node) == 0 ? node : node - row(node).first;
}

int TreeShape::parent(int node) const {
  const int level = level_of(node);
  if (level == levels())
    return -1;
  const Row& above = rows_[static_cast<std::size_t>(level)];
  return above.first + number_of(node) / above.radix;
}

int TreeShape::child(int node, int k) const {
  const int level = level_of(node), number = number_of(node) * row(node).radix + k;
  if (level == 1)
    return number < chips_ ? number : -1;
  return number < switches(level - 1) ? rows_[static_cast<std::size_t>(level - 2)].first + number : -1;
}

int TreeShape::child_number(int node) const {
  return number_of(node) % rows_[static_cast<std::size_t>(level_of(node))].radix;
}

int TreeShape::towards(int node, int chip) const {
  const Row& here = row(node);
  if (chip / here.span != node - here.first)
    return -1;
  const int level = level_of(node);
  return level == 1 ? chip % here.span : chip % here.span / rows_[static_cast<std::size_t>(level - 2)].span;
}

int TreeShape::meet(int a, int b) const {
  if (a == b)
    return 0;
  int level = 0;
  while (a / rows_[static_cast<std::size_t>(level)].span != b / rows_[static_cast<std::size_t>(level)].span)
    ++level;
  return level + 1;
}

int TreeShape::half(int first, int count) const {
  for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
    const int span = row->span, middle = first + count / 2;
    const int below = middle / span * span, above = below + span;
    const bool near = middle - below <= above - middle;
    for (const int cut : {near ? below : above, near ? above : below})
      if (cut > first && cut < first + count)
        return cut - first;
  }
  return (count + 1) / 2;
}

} // namespace moesaic::hw::noc
