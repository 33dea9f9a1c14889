#include "hw/noc/route.hpp"

namespace moesaic::hw::noc {

namespace {

/// Along a ring of `size` from `at` to `to`: forward (east, south) or not, the shorter way; `tie` decides
/// half way.
bool forward_is_shorter(int at, int to, int size, bool tie) {
  const int ahead = (to - at + size) % size;
  return 2 * ahead < size || (2 * ahead == size && tie);
}

} // namespace

// The channel class is chosen on entering a dimension: packets that will cross the wrap-around link take the
// upper half, all others the lower. No packet goes more than half way round, so those of the upper half,
// which all contain the wrap-around link, cannot close a circle; those of the lower half never enter it.
Hop RouteFunction::around(int x, int y, int in_port, bool upper, Flit flit) const {
  const bool horizontal = flit.x() != x;
  const int at = horizontal ? x : y, to = horizontal ? flit.x() : flit.y(),
            size = horizontal ? width_ : height_;
  const int forward = horizontal ? east : south, backward = horizontal ? west : north;
  if (in_port == forward || in_port == backward) // on the way in this dimension: straight on
    return {1u << (in_port ^ 1), static_cast<std::uint8_t>(upper ? 2 : 1)};
  const bool ahead = forward_is_shorter(at, to, size, (x + y + flit.x() + flit.y()) % 2 == 0);
  const bool will_wrap = ahead ? to < at : to > at;
  return {1u << (ahead ? forward : backward), static_cast<std::uint8_t>(will_wrap ? 2 : 1)};
}

// Turns into west are forbidden: a packet goes west first, and then any way that is nearer.
Hop RouteFunction::west_first(int x, int y, Flit flit) const {
  if (flit.x() < x)
    return {1u << west, 3};
  std::uint32_t ports = 0;
  if (flit.x() > x)
    ports |= 1u << east;
  if (flit.y() != y)
    ports |= 1u << (flit.y() > y ? south : north);
  return {ports, 3};
}

Hop RouteFunction::by_table(int x, int y, Flit flit) const {
  return {1u << table_->port(y * width_ + x, flit.y() * width_ + flit.x()), 3};
}

Hop RouteFunction::on_tree(int x, int y, Flit flit) const {
  return {1u << tree_->next_port(y * width_ + x, flit.y() * width_ + flit.x()), 3};
}

} // namespace moesaic::hw::noc
