#include "hw/neuromorphic/program.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/neuromorphic/chip.hpp"

namespace moesaic::hw {

const char* to_string(SynapseFormat format) {
  static const char* const names[] = {"dense", "sparse", "convolution", "one to one"};
  return names[static_cast<int>(format)];
}

const char* to_string(Soma soma) {
  static const char* const names[] = {"source",   "relay",      "sigmoid", "top-k",   "SwiGLU",
                                      "weighted", "integrator", "LIF",     "CUBA LIF"};
  return names[static_cast<int>(soma)];
}

std::string describe(const Chip& chip, const Program& program) {
  std::string text = fmt::format("{} on {}: {} chips in a grid of {} x {}, {} cores, {} groups\n",
                                 program.name, chip.title, program.chips, program.grid_width,
                                 program.grid_height, program.cores.size(), program.groups.size());
  text += fmt::format("{:<24} {:>6} {:>9} {:>10} {:<10} {:>12} {:>9}\n", "population", "cores", "neurons",
                      "soma", "synapses", "bytes/core", "of memory");
  for (const auto& population : program.populations) {
    std::int64_t most = 0;
    std::string format = "-";
    for (int i = 0; i < population.cores; ++i) {
      const Core& core = program.cores[static_cast<std::size_t>(population.first_core + i)];
      most = std::max(most, memory_use(chip, program, core).total());
      if (core.tables > 0)
        format = to_string(program.tables[static_cast<std::size_t>(core.first_table)].format);
    }
    text += fmt::format("{:<24} {:>6} {:>9} {:>10} {:<10} {:>12} {:>8.1f}%\n", population.name,
                        population.cores, population.neurons, to_string(population.soma), format, most,
                        100.0 * static_cast<double>(most) / chip.memory.size.value);
  }
  return text;
}

} // namespace moesaic::hw
