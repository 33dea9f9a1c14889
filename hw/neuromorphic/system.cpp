#include "hw/neuromorphic/system.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "hw/neuromorphic/chip_tree.hpp"
#include "hw/neuromorphic/core_array.hpp"
#include "hw/neuromorphic/core_spans.hpp"
#include "hw/neuromorphic/traffic_sampler.hpp"
#include "hw/simulation.hpp"

namespace moesaic::hw {
namespace {

/// Share of the run's cycles that the busiest outgoing link of each router was taken.
std::vector<double> link_shares(const noc::Fabric& fabric, double cycles) {
  const noc::Topology& topology = fabric.topology();
  const std::vector<std::uint64_t> port_flits = fabric.port_flits();
  std::vector<double> share(static_cast<std::size_t>(topology.routers()), 0);
  for (int router = 0; router < topology.routers(); ++router)
    for (int port = 0; port < topology.ports(); ++port) {
      if (topology.is_local(router, port) || topology.neighbour(router, port) < 0)
        continue;
      const auto& link = topology.link_classes()[topology.link_class(router, port)];
      const auto flits = port_flits[static_cast<std::size_t>(router * topology.ports() + port)];
      auto& busiest = share[static_cast<std::size_t>(router)];
      busiest = std::max(busiest, static_cast<double>(flits) * link.cycles_per_flit / cycles);
    }
  return share;
}

void read_fabric(SystemRun& run, const noc::Fabric& fabric, double cycles) {
  const auto flits = fabric.link_flits();
  run.ejections = flits[noc::local_link];
  run.east_west_hops = flits[noc::east_west_link];
  run.north_south_hops = flits[noc::north_south_link];
  run.chip_crossings = std::accumulate(flits.begin() + noc::first_level_link, flits.end(), std::uint64_t{0});
  if (fabric.topology().is_tree())
    run.level_crossings.assign(flits.begin() + noc::first_level_link, flits.end());
  run.flit_hops = fabric.flit_hops();
  run.routers_across = fabric.topology().width();
  run.routers_down = fabric.topology().height();
  run.link_share = link_shares(fabric, cycles);
  const auto switches = run.link_share.begin() + run.routers_across * run.routers_down;
  run.switch_share.assign(switches, run.link_share.end());
  run.link_share.erase(switches, run.link_share.end());
}

SystemRun run_array(const Chip& chip, const Program& program, Corner corner, Activity& activity,
                    const CoreArray::Run& how) {
  check(chip, program);
  Simulation simulation;
  const Picoseconds period = picoseconds(chip.network_tick(corner));
  noc::Fabric fabric("fabric", Routes::network(chip, program, corner),
                     sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(period)));
  CoreArray cores("cores", chip, program, corner, fabric, activity, how);
  std::optional<TrafficSampler> sampler;
  if (how.log != nullptr && how.log->interval > 0)
    sampler.emplace(fabric, period, *how.log);
  try {
    simulation.run();
  } catch (const sc_core::sc_report&) {
    fabric.rethrow(); // routes of the program's own that deadlock
    throw;
  }
  if (sampler)
    sampler->finish();

  SystemRun run;
  run.steps = cores.steps();
  run.counts = cores.counts();
  const StepRecord& last = run.steps.back();
  const auto total = static_cast<double>(last.start + last.work + last.barrier);
  run.seconds = total * 1e-12;
  run.gateway_messages = cores.gateway_messages();
  run.longest_gateway_queue = cores.longest_gateway_queue();
  run.active_cores = cores.active_cores();
  for (std::size_t i = 0; i < program.cores.size(); ++i) {
    run.soma_share.push_back(static_cast<double>(cores.soma_busy(static_cast<std::int32_t>(i))) / total);
    run.synapse_share.push_back(static_cast<double>(cores.synapse_busy(static_cast<std::int32_t>(i))) /
                                total);
  }
  read_fabric(run, fabric, run.seconds / chip.network_tick(corner));
  return run;
}

} // namespace

SystemRun run_system(const Chip& chip, const Program& program, Corner corner, Activity& activity,
                     std::int64_t tokens, std::int64_t least_steps) {
  return run_array(chip, program, corner, activity, {tokens, least_steps});
}

SystemRun run_system(const Chip& chip, const Program& program, Corner corner, Activity& activity,
                     std::int64_t tokens, std::int64_t least_steps, SpanLog& log) {
  return run_array(chip, program, corner, activity, {tokens, least_steps, &log});
}

void enter_energy(Ledger& ledger, const Chip& chip, const Program& program, const SystemRun& run,
                  double seconds, double seconds_low, double seconds_high) {
  const auto enter = [&](const char* component, const char* action, const Figure& energy,
                         std::uint64_t count) {
    if (count > 0)
      ledger.count(ledger.declare(component, action, energy), count);
  };
  ledger.add_power("system.chips", "static", EnergyKind::static_power, chip.static_power, program.chips,
                   seconds, seconds_low, seconds_high);
  const noc::TreeShape tree = tree_of(chip, program.chips);
  for (int level = 0; level < tree.levels(); ++level)
    ledger.add_power("system.switches", "static, level " + std::to_string(level + 1), EnergyKind::static_power,
                     chip.tree[static_cast<std::size_t>(level)].static_power, tree.switches(level + 1), seconds,
                     seconds_low, seconds_high);
  const CoreCounts& n = run.counts;
  if (streams(program)) {
    ledger.add_power("system.outer_memory", "static", EnergyKind::static_power, chip.outer_memory->static_power,
                     program.chips, seconds, seconds_low, seconds_high);
    enter("system.outer_memory", "burst read", chip.outer_memory->energy, n.bursts);
  }
  enter("core.axon_in", "message in", chip.axon_in.energy, n.axon_in);
  for (int i = 0; i < 4; ++i) {
    const auto format = static_cast<SynapseFormat>(i);
    const std::string action = std::string("synaptic operation, ") + to_string(format);
    enter("core.synapse", action.c_str(), chip.synapse(format).energy,
          n.synapse[static_cast<std::size_t>(i)]);
  }
  enter("core.dendrite", "accumulation", chip.dendrite.energy, n.operations());
  enter("core.soma", "neuron access", chip.neuron_access.energy, n.updates);
  enter("core.soma", "neuron update", chip.neuron_update.energy, n.updates);
  enter("core.soma", "idle neuron update", chip.idle_update.energy, n.idle_updates);
  enter("core.soma", "instruction", chip.instruction.energy, n.instructions);
  enter("core.soma", "spike", chip.spike.energy, n.spikes);
  enter("core.axon_out", "message out", chip.axon_out.energy, n.axon_out);
  enter("network.mesh", "hop east or west", chip.east_west.energy, run.east_west_hops);
  enter("network.mesh", "hop north or south", chip.north_south.energy, run.north_south_hops);
  if (chip.tree.empty())
    enter("network.links", "message between chips", chip.link.energy, run.chip_crossings);
  for (std::size_t level = 0; level < run.level_crossings.size(); ++level) {
    const std::string action = "message over a link of level " + std::to_string(level + 1);
    enter("network.links", action.c_str(), chip.tree[level].link.energy, run.level_crossings[level]);
  }
}

} // namespace moesaic::hw
