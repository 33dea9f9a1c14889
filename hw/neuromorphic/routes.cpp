#include "hw/neuromorphic/routes.hpp"

#include <algorithm>
#include <cmath>

#include "hw/neuromorphic/chip_tree.hpp"

namespace moesaic::hw {
namespace {

bool needs_gateways(const Program& program) {
  return program.chips > 1;
}
int ports_per_router(const Chip& chip, const Program& program) {
  return chip.cores_per_router + (needs_gateways(program) ? 1 : 0);
}
int cycles(double seconds, double cycle) {
  return static_cast<int>(std::clamp(std::round(seconds / cycle), 1.0, 1e9));
}

noc::LinkClass link_class(std::string name, const ChipLink& link, double tick, Corner corner) {
  return {std::move(name), cycles(link.latency.at(corner), tick),
          cycles(link.message.value / link.bandwidth.at(corner), tick)};
}

/// A single chip has no links to others.
noc::Topology topology_of(const Chip& chip, const Program& program, double tick, Corner corner) {
  noc::Level block{chip.mesh_width, chip.mesh_height, {}};
  const int ports = ports_per_router(chip, program);
  const noc::TreeShape shape = tree_of(chip, program.chips);
  if (shape.empty()) {
    block.link.name = chip.name + " chip link";
    if (needs_gateways(program))
      block.link = link_class(block.link.name, chip.link, tick, corner);
    return noc::Topology::chips(program.grid_width, program.grid_height, ports, {block});
  }
  std::vector<noc::SwitchLevel> levels;
  for (int level = 0; level < shape.levels(); ++level) {
    const SwitchLevel& one = chip.tree[static_cast<std::size_t>(level)];
    const std::string name = chip.name + " link of level " + std::to_string(level + 1);
    levels.push_back({one.radix, link_class(name, one.link, tick, corner)});
    levels.back().link.depth = one.buffer;
  }
  return noc::Topology::tree(program.grid_width, program.grid_height, ports, block, levels);
}

} // namespace

noc::NetworkConfig Routes::network(const Chip& chip, const Program& program, Corner corner) {
  const double tick = chip.network_tick(corner);
  noc::NetworkConfig config{topology_of(chip, program, tick, corner), {}, 1, chip.router_buffer, 1, noc::Routing::dimension_order, nullptr};
  // A message takes one tick through a router; the rest of the hop is its link's.
  config.pipeline.routing = 0;
  config.pipeline.speculative = true;
  config.pipeline.traversal = 0;
  const auto set = [&](int link_class, const Operation& hop) {
    noc::LinkClass& link = config.topology.link_class_parameters(link_class);
    link.latency = std::max(1, cycles(hop.latency.at(corner), tick) - 1);
    link.cycles_per_flit = cycles(chip.network_cycle.at(corner), tick);
  };
  set(noc::east_west_link, chip.east_west);
  set(noc::north_south_link, chip.north_south);
  config.topology.link_class_parameters(noc::local_link).cycles_per_flit =
      cycles(chip.network_cycle.at(corner), tick);
  return config;
}

Routes::Routes(const Chip& chip, const Program& program, noc::Fabric& fabric)
    : program_(program), fabric_(fabric), ports_(ports_per_router(chip, program)),
      gateways_(needs_gateways(program)) {
  const noc::Topology& topology = fabric.topology();
  gateway_core_ = gateway_router(chip) * ports_ + chip.cores_per_router;
  at_endpoint_.assign(static_cast<std::size_t>(topology.endpoints()), 0);
  core_endpoint_.reserve(program.cores.size());
  for (std::size_t i = 0; i < program.cores.size(); ++i) {
    const Core& core = program.cores[i];
    const int place = core.slot / chip.cores_per_router * ports_ + core.slot % chip.cores_per_router;
    core_endpoint_.push_back(topology.endpoint_of(core.chip, place));
    at_endpoint_[static_cast<std::size_t>(core_endpoint_.back())] = static_cast<std::int32_t>(i);
  }
  for (std::int32_t c = 0; gateways_ && c < program.chips; ++c)
    at_endpoint_[static_cast<std::size_t>(endpoint_of_gateway(c))] = -1 - c;
  for (const OwnRoute& route : program.routes) {
    std::vector<int> members;
    for (const std::int32_t member : program.groups[static_cast<std::size_t>(route.group)].members)
      members.push_back(endpoint_of_core(member));
    own_[{route.core, route.group}] = fabric.add_group(endpoint_of_core(route.core), members, route.links);
  }
}

std::int32_t Routes::endpoint_of_gateway(std::int32_t chip) const {
  return fabric_.topology().endpoint_of(chip, gateway_core_);
}

std::int32_t Routes::tree(std::int32_t core, std::int32_t group) {
  if (const auto own = own_.find({core, group}); own != own_.end())
    return own->second;
  const std::int32_t source = endpoint_of_core(core);
  const auto key = std::make_pair(group, fabric_.topology().router_of(source));
  if (const auto found = trees_.find(key); found != trees_.end())
    return found->second;
  const std::int32_t chip = program_.cores[static_cast<std::size_t>(core)].chip;
  std::vector<int> here, chips;
  for (const std::int32_t member : program_.groups[static_cast<std::size_t>(group)].members) {
    const std::int32_t at = program_.cores[static_cast<std::size_t>(member)].chip;
    if (at == chip)
      here.push_back(endpoint_of_core(member));
    else if (chips.empty() || std::find(chips.begin(), chips.end(), at) == chips.end())
      chips.push_back(at);
  }
  if (!chips.empty())
    here.push_back(endpoint_of_gateway(chip));
  const std::int32_t tree = fabric_.add_group(source, here);
  trees_[key] = tree;
  if (chips.empty())
    return tree;
  std::vector<int> gateways;
  for (const int at : chips)
    gateways.push_back(endpoint_of_gateway(at));
  const std::int32_t between = fabric_.add_group(endpoint_of_gateway(chip), gateways);
  onward_[{tree, chip}] = between;
  for (const int at : chips)
    onward_[{between, at}] = local_tree(at, group);
  return tree;
}

std::int32_t Routes::local_tree(std::int32_t chip, std::int32_t group) {
  const auto key = std::make_pair(group, chip);
  if (const auto found = local_.find(key); found != local_.end())
    return found->second;
  std::vector<int> members;
  for (const std::int32_t member : program_.groups[static_cast<std::size_t>(group)].members)
    if (program_.cores[static_cast<std::size_t>(member)].chip == chip)
      members.push_back(endpoint_of_core(member));
  return local_[key] = fabric_.add_group(endpoint_of_gateway(chip), members);
}

std::int32_t Routes::onward(std::int32_t chip, std::int32_t tree) const {
  return onward_.at({tree, chip});
}

} // namespace moesaic::hw
