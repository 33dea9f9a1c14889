#include "hw/neuromorphic/chip_variation.hpp"

#include "description/varied_figure.hpp"

namespace moesaic::hw {

namespace {

/// Hands every figure that may be changed alone to `visit`.
template <class Visit> void visit_figures(Chip& chip, Visit visit) {
  for (Operation* operation :
       {&chip.axon_in, &chip.axon_out, &chip.synapse_dense, &chip.synapse_sparse, &chip.synapse_convolution, &chip.dendrite,
        &chip.neuron_access, &chip.neuron_update, &chip.idle_update, &chip.spike, &chip.instruction, &chip.east_west,
        &chip.north_south})
    visit(operation->latency), visit(operation->energy);
  for (Figure* figure : {&chip.static_power, &chip.network_cycle, &chip.link.latency, &chip.link.bandwidth,
                         &chip.link.energy, &chip.barrier_border})
    visit(*figure);
  for (SwitchLevel& level : chip.tree)
    visit(level.link.latency), visit(level.link.bandwidth), visit(level.link.energy), visit(level.static_power);
  for (auto* figure : {&chip.power_limit, &chip.weight_bandwidth, &chip.tick})
    if (*figure)
      visit(**figure);
  for (BarrierPoint& point : chip.barrier)
    visit(point.time);
}

} // namespace

std::optional<Chip> varied(const Chip& chip, const std::vector<Override>& changes) {
  Chip other = chip;
  if (!vary_figures(changes, [&](auto visit) { visit_figures(other, visit); }))
    return std::nullopt;
  if (other.network_resolution && other.network_resolution->value > other.network_cycle.low)
    return std::nullopt;
  return other;
}

} // namespace moesaic::hw
