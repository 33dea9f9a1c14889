#include "sim/validation/pilotnet.hpp"

#include <algorithm>

#include "sim/validation/chips.hpp"

namespace moesaic::sim {

// Shapes, cores and columns per core: lava-dl's notebook of the benchmark, whose input neurons stay silent (it prints and draws
// so): the network runs on its biases. Densities and spikes: counted with the integer equations of the network file beside
// it, which repeat every four steps in the first two layers; means of two or more cycles in the others.
const std::vector<mappings::SpikeLayer>& pilotnet_layers() {
  static const std::vector<mappings::SpikeLayer> layers = {
      {"input", 3, 66, 200, 0, 1, 1, 0, 0, 16, 1, 1, {}},
      {"conv1", 24, 32, 99, 3, 2, 2, 0, 0, 4, 1, 0.932, {22176, 31680, 22176, 31680}},
      {"conv2", 36, 15, 49, 3, 2, 2, 0, 0, 4, 1, 0.789, {8085, 4410, 7350, 5145}},
      {"conv3", 48, 7, 24, 3, 2, 2, 0, 0, 8, 1, 0.729, {840, 1176, 672, 756}},
      {"conv4", 64, 4, 22, 3, 2, 1, 1, 0, 8, 1, 0.680, {352, 649, 429, 264}},
      {"conv5", 64, 2, 20, 3, 1, 1, 0, 0, 16, 1, 0.615, {140, 190, 180, 100}},
      {"fc1", 100, 1, 1, 0, 1, 1, 0, 0, 0, 12, 0.266, {5, 13, 10, 5}},
      {"fc2", 50, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0.793, {0, 5, 8, 2}},
      {"fc3", 10, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0.898, {1, 0, 2, 2}},
      {"output", 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, {}}};
  return layers;
}

PilotNetCost pilotnet_cost(const hw::Chip& chip) {
  constexpr std::int64_t cycle = 4, frame = 16;
  const auto& layers = pilotnet_layers();
  const hw::Program program = mappings::make_spike_layers(chip, "PilotNet LIF", layers);
  mappings::LayerActivity activity(program, layers);
  const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1, cycle);
  PilotNetCost cost;
  const double frames = static_cast<double>(run.steps.size()) / frame;
  cost.frame_seconds = run.seconds / frames;
  cost.frame_joules = (joules_of(chip, program, run) - chip.static_power.value * run.seconds) / frames;
  for (std::size_t l = 1; l < layers.size(); ++l) {
    double most = 0;
    for (const auto& core : program.cores) {
      if (static_cast<std::size_t>(core.population) != l)
        continue;
      const auto& table = program.tables[static_cast<std::size_t>(core.first_table)];
      double operations = 0;
      for (std::size_t row = 0; row < static_cast<std::size_t>(table.rows); ++row)
        operations += static_cast<double>(table.sparse->operations(row));
      double spikes = 0;
      for (const double step : layers[l - 1].spikes)
        spikes += step / static_cast<double>(layers[l - 1].spikes.size());
      most = std::max(most, operations * spikes / layers[l - 1].neurons());
    }
    cost.layer_operations.push_back(most);
  }
  return cost;
}

} // namespace moesaic::sim
