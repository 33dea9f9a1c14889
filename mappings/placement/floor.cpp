#include "mappings/placement/floor.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings {

static int router_in(const Floor& floor, int chip, int local) {
  const int x = chip % floor.chips_across * floor.routers_across + local % floor.routers_across;
  const int y = chip / floor.chips_across * floor.routers_down + local / floor.routers_across;
  return y * floor.width() + x;
}

int Floor::router_of(int slot) const {
  return router_in(*this, chip_of(slot), core_of(slot) / cores_per_router);
}

int Floor::gateway_of(int chip) const {
  return router_in(*this, chip, gateway);
}

const LinkCost& Floor::cost_of(int link) const {
  if (const int node = node_of_link(link); node >= 0)
    return tree_cost[static_cast<std::size_t>(tree.level_of(node))];
  const int router = link / 4, x = router % width(), y = router / width();
  switch (link % 4) {
  case to_east:
    return (x + 1) % routers_across == 0 ? border : east_west;
  case to_west:
    return x % routers_across == 0 ? border : east_west;
  case to_north:
    return y % routers_down == 0 ? border : north_south;
  default:
    return (y + 1) % routers_down == 0 ? border : north_south;
  }
}

int Floor::from_of(int link) const {
  const int node = node_of_link(link);
  return node < 0 ? link / 4 : router_of_node(link == link_up(node) ? node : tree.parent(node));
}

int Floor::to_of(int link) const {
  const int step[] = {1, -1, -width(), width()};
  const int node = node_of_link(link);
  return node < 0 ? link / 4 + step[link % 4] : router_of_node(link == link_up(node) ? tree.parent(node) : node);
}

/// One of the two is a switch.
static int tree_link_between(const Floor& floor, int from, int to) {
  for (const int node : {from, to}) {
    const int grid = floor.width() * floor.height();
    const int child = floor.is_switch(node) ? node - grid + floor.chips() : floor.chip_at(node);
    const int parent = floor.router_of_node(child) == node ? floor.tree.parent(child) : -1;
    if (parent >= 0 && floor.router_of_node(parent) == (node == from ? to : from))
      return node == from ? floor.link_up(child) : floor.link_down(child);
  }
  return -1;
}

int Floor::link_between(int from, int to) const {
  if (from < 0 || to < 0 || from >= routers() || to >= routers())
    return -1;
  if (is_switch(from) || is_switch(to))
    return tree_link_between(*this, from, to);
  const int dx = to % width() - from % width(), dy = to / width() - from / width();
  if (std::abs(dx) + std::abs(dy) != 1)
    return -1;
  const int link = link_of(from, dx > 0 ? to_east : dx < 0 ? to_west : dy < 0 ? to_north : to_south);
  const int x = from % width() % routers_across, y = from / width() % routers_down;
  if (!tree.empty() && &cost_of(link) == &border)
    return -1;
  if (gateway >= 0 && &cost_of(link) == &border && (dx != 0 ? y != gateway / routers_across : x != gateway % routers_across))
    return -1;
  return link;
}

double Floor::path_seconds(int from, int to) const {
  const auto along = [this](int a, int b, int side, const LinkCost& inside) {
    const int low = std::min(a, b), high = std::max(a, b);
    const int borders = high / side - low / side;
    return (high - low - borders) * inside.latency + borders * border.latency;
  };
  const auto grid = [&](int a, int b) {
    return along(a % width(), b % width(), routers_across, east_west) + along(a / width(), b / width(), routers_down, north_south);
  };
  const int a = chip_at(from), b = chip_at(to);
  if (tree.empty() || a == b)
    return grid(from, to);
  double seconds = grid(from, gateway_of(a)) + grid(gateway_of(b), to);
  for (int level = 0; level < tree.meet(a, b); ++level)
    seconds += 2 * tree_cost[static_cast<std::size_t>(level)].latency;
  return seconds;
}

int Floor::chips_between(int a, int b) const {
  if (!tree.empty())
    return 2 * tree.meet(a, b);
  return std::abs(a % chips_across - b % chips_across) + std::abs(a / chips_across - b / chips_across);
}

std::string Floor::router_name(int router) const {
  if (!is_switch(router))
    return fmt::format("({}, {})", router % width(), router / width());
  const int node = router - width() * height() + chips();
  return fmt::format("switch {} of level {}", tree.number_of(node), tree.level_of(node));
}

std::string Floor::direction_name(int link) const {
  static const char* const directions[] = {"east", "west", "north", "south"};
  const int node = node_of_link(link);
  if (node < 0)
    return directions[link % 4];
  return link == link_up(node) ? "up" : fmt::format("down{}", tree.child_number(node));
}

void check_floor(const Floor& floor) {
  const auto positive = [](const char* name, int value) {
    if (value < 1)
      throw InputError(fmt::format("floor: {} is {}, expected at least 1", name, value));
  };
  positive("chips across", floor.chips_across);
  positive("chips down", floor.chips_down);
  positive("routers across", floor.routers_across);
  positive("routers down", floor.routers_down);
  positive("cores per router", floor.cores_per_router);
  positive("cores per chip", floor.chip_cores);
  positive("messages that wait at a receiver", floor.queue);
  positive("messages that wait at a router", floor.buffer);
  if (floor.cores_per_router > 32)
    throw InputError(fmt::format("floor: {} cores per router, at most 32 are supported", floor.cores_per_router));
  if (floor.gateway >= floor.routers_across * floor.routers_down)
    throw InputError(fmt::format("floor: the gateway is router {}, a chip has {}", floor.gateway,
                                 floor.routers_across * floor.routers_down));
  if (!floor.tree.empty() && (floor.tree.chips() != floor.chips() || floor.gateway < 0 ||
                              floor.tree_cost.size() < static_cast<std::size_t>(floor.tree.levels())))
    throw InputError(fmt::format("floor: a tree of {} chips over {}; it needs gateways, and costs of {} levels' links",
                                 floor.tree.chips(), floor.chips(), floor.tree.levels()));
  const std::int64_t cores = std::int64_t{floor.routers_across} * floor.routers_down * floor.cores_per_router;
  if (floor.chip_cores > cores)
    throw InputError(
        fmt::format("floor: {} cores per chip, but its routers have {}", floor.chip_cores, cores));
  if (std::int64_t{floor.chips_across} * floor.chips_down * cores > (std::int64_t{1} << 28))
    throw InputError("floor: more than 2^28 cores");
}

void shape_grid(Floor& floor, int chips) {
  floor.chips_across = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(chips))));
  floor.chips_down = (chips + floor.chips_across - 1) / floor.chips_across;
}

namespace {

struct Vector {
  int x = 0, y = 0;
  Vector operator+(Vector b) const { return {x + b.x, y + b.y}; }
  Vector operator-(Vector b) const { return {x - b.x, y - b.y}; }
  Vector half() const { return {x / 2, y / 2}; }
  Vector unit() const { return {(x > 0) - (x < 0), (y > 0) - (y < 0)}; }
  int length() const { return std::abs(x + y); } // one of the two is 0
};

/// Fills the rectangle spanned from `at` by the long axis `a` and the other axis `b`.
void fill(std::vector<int>& order, int stride, Vector at, Vector a, Vector b) {
  const Vector da = a.unit(), db = b.unit();
  const auto line = [&](Vector step, int count) {
    for (Vector p = at; count-- > 0; p = p + step)
      order.push_back(p.y * stride + p.x);
  };
  if (b.length() == 1)
    return line(da, a.length());
  if (a.length() == 1)
    return line(db, b.length());
  Vector a2 = a.half(), b2 = b.half();
  if (2 * a.length() > 3 * b.length()) {
    if (a2.length() % 2 && a.length() > 2) // an even half keeps the curve unbroken
      a2 = a2 + da;
    fill(order, stride, at, a2, b);
    fill(order, stride, at + a2, a - a2, b);
    return;
  }
  if (b2.length() % 2 && b.length() > 2)
    b2 = b2 + db;
  fill(order, stride, at, b2, a2);
  fill(order, stride, at + b2, a, b - b2);
  fill(order, stride, at + (a - da) + (b2 - db), Vector{} - b2, Vector{} - (a - a2));
}

} // namespace

std::vector<int> hilbert_order(int width, int height) {
  std::vector<int> order;
  order.reserve(static_cast<std::size_t>(width) * height);
  if (width >= height)
    fill(order, width, {}, {width, 0}, {0, height});
  else
    fill(order, width, {}, {0, height}, {width, 0});
  return order;
}

} // namespace moesaic::mappings
