#include "sim/neuromorphic/floor_loads.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mappings/neuromorphic/moe_tables.hpp"

namespace moesaic::sim {

namespace {

/// Tokens whose links are drawn.
constexpr std::size_t drawn_tokens = 4;

/// Rows of sites: the chips', then those of each level's switches.
std::vector<int> first_rows(const mappings::Floor& floor) {
  std::vector<int> rows{0, floor.chips_down};
  for (int level = 1; level <= floor.tree.levels(); ++level)
    rows.push_back(rows.back() + (floor.tree.switches(level) + floor.chips_across - 1) / floor.chips_across);
  return rows;
}

int site_of_node(const mappings::Floor& floor, int node) {
  return first_rows(floor)[static_cast<std::size_t>(floor.tree.level_of(node))] * floor.chips_across +
         floor.tree.number_of(node);
}

int site_of(const FloorLoads& loads, const mappings::Floor& floor, int router) {
  return loads.by_chip ? floor.chip_at(router) : router;
}

/// Within a chip that is a site, links do not show.
void add_link(const mappings::Floor& floor, int link, double seconds, FloorLoads& loads) {
  if (const int node = floor.node_of_link(link); node >= 0) {
    const int direction = link == floor.link_up(node) ? mappings::to_north : mappings::to_south;
    loads.busy[static_cast<std::size_t>(4 * site_of_node(floor, node) + direction)] += seconds;
    return;
  }
  static const int dx[] = {1, -1, 0, 0}, dy[] = {0, 0, -1, 1};
  const int router = link / 4, direction = link % 4;
  const int x = router % floor.width() + dx[direction], y = router / floor.width() + dy[direction];
  if (x < 0 || y < 0 || x >= floor.width() || y >= floor.height())
    return;
  const int from = site_of(loads, floor, router), to = site_of(loads, floor, y * floor.width() + x);
  if (from != to)
    loads.busy[static_cast<std::size_t>(4 * from + direction)] += seconds;
}

} // namespace

double FloorLoads::busiest() const {
  return *std::max_element(busy.begin(), busy.end());
}

std::int32_t FloorLoads::holder(int site) const {
  const auto& here = held[static_cast<std::size_t>(site)];
  const auto most =
      std::max_element(here.begin(), here.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == here.end() ? -1 : most->first;
}

FloorLoads floor_loads(const mappings::Traffic& traffic, const mappings::Floor& floor,
                       const mappings::Placement& placement) {
  FloorLoads result;
  result.by_chip = floor.chips() > 1;
  result.across = result.by_chip ? floor.chips_across : floor.width();
  result.down = result.by_chip ? first_rows(floor).back() : floor.height();
  result.tree = !floor.tree.empty();
  result.level.assign(static_cast<std::size_t>(result.sites()), result.tree ? -1 : 0);
  for (int node = 0; node < floor.tree.nodes(); ++node)
    result.level[static_cast<std::size_t>(site_of_node(floor, node))] = floor.tree.level_of(node);
  result.held.resize(static_cast<std::size_t>(result.sites()));
  result.busy.resize(4 * result.held.size());
  mappings::LinkLoads loads(traffic, floor);
  loads.add_all(placement);
  const std::vector<double> flits = loads.total();
  for (int link = 0; link < floor.links(); ++link)
    add_link(floor, link, flits[static_cast<std::size_t>(link)] * floor.cost_of(link).occupancy, result);
  for (std::size_t v = 0; v < placement.size(); ++v)
    ++result.held[static_cast<std::size_t>(site_of(result, floor, floor.router_of(placement[v])))]
                 [traffic.vertices[v].cluster];
  return result;
}

void add_floor_maps(const hw::Chip& chip, const hw::Program& program, const mappings::MoePlan& plan,
                    const std::vector<std::vector<std::int32_t>>& chosen, const std::string& strategy,
                    results::RunRecord& record) {
  const mappings::Floor floor = mappings::floor_of(chip, program, mappings::moe_stages);
  const std::vector<std::vector<std::int32_t>> tokens(
      chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(std::min(drawn_tokens, chosen.size())));
  const auto traffic = mappings::traffic_of(chip, program, mappings::moe_roles(plan, program), tokens);
  mappings::Traffic without_paths = traffic; // the program's own routes hold for its own places
  without_paths.paths.clear();
  for (mappings::Net& net : without_paths.nets)
    net.path = -1;
  const auto draw = [&](const char* name, const std::string& found_by, const mappings::Traffic& drawn,
                        const mappings::Placement& placement) {
    const FloorLoads loads = floor_loads(drawn, floor, placement);
    const char* sites = loads.by_chip ? "chips" : "routers";
    results::HeatMap held{fmt::format("floor_held_{}", name),
                          fmt::format("{} placed by {}", sites, found_by), "0 hub, e + 1 expert e",
                          loads.across, loads.down, {}};
    for (int site = 0; site < loads.sites(); ++site) {
      if (const int level = loads.level[static_cast<std::size_t>(site)]; level > 0) {
        held.value.push_back(-1 - level);
        continue;
      }
      const std::int32_t cluster = loads.holder(site); // a replica's relays and its weights are clusters of their own
      const std::int32_t number = cluster > plan.numbers() ? cluster - plan.numbers() - 1 : cluster - 1;
      held.value.push_back(cluster <= 0 ? cluster : plan.replicas.expert_of(number) + 1);
    }
    record.heat_maps.push_back(std::move(held));
    record.heat_maps.push_back({fmt::format("floor_links_{}", name),
                                fmt::format("time that links between {} are busy per token, placed by {}", sites, found_by),
                                "s", 4 * loads.across, loads.down, loads.busy});
  };
  draw("before", "naive", without_paths, mappings::strategy("naive").place({&without_paths, &floor}).placement);
  draw("after", strategy, traffic, mappings::placement_of(chip, program));
}

} // namespace moesaic::sim
