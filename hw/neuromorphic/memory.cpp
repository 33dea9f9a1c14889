// What a core must hold, and whether it can.
#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/neuromorphic/chip.hpp"
#include "hw/neuromorphic/program.hpp"

namespace moesaic::hw {
namespace {

/// Bits of synapse memory: sparse entries carry their column index, one-to-one tables a shared weight.
std::int64_t synapse_bits(const Chip& chip, const SynapseTable& table) {
  if (chip.memory.crossbar && table.format == SynapseFormat::sparse)
    return std::int64_t{table.rows} * table.columns;
  switch (table.format) {
  case SynapseFormat::dense:
    return std::int64_t{table.rows} * table.columns * table.weight_bits;
  case SynapseFormat::one_to_one:
    return table.weight_bits;
  case SynapseFormat::convolution:
    return std::int64_t{table.kernel_weights} * table.weight_bits;
  case SynapseFormat::sparse:
    break;
  }
  constexpr int index_bits = 12; // a column among 4,096, or an offset from the entry before
  return table.sparse
             ? static_cast<std::int64_t>(table.sparse->column.size()) * (table.weight_bits + index_bits)
             : 0;
}

/// Axon-in entries: a dense, convolution or one-to-one table is found by one, each row of a sparse one by its
/// own.
std::int64_t axon_in_entries(const SynapseTable& table) {
  return table.format == SynapseFormat::sparse ? table.rows : 1;
}

std::string limit(const Program& program, const Core& core, const char* what, double needed, double held,
                  const char* unit) {
  return fmt::format(
      "population '{}', core {} of chip {}: {:.0f} {} of {} needed, {:.0f} held, {:.0f} too many",
      program.populations[static_cast<std::size_t>(core.population)].name, core.slot, core.chip, needed, unit,
      what, held, needed - held);
}

void check_core(const Chip& chip, const Program& program, const Core& core, std::vector<std::string>& found) {
  std::int64_t fan_in = 0, fan_out = 0;
  for (int i = 0; i < core.tables; ++i) {
    const auto& table = program.tables[static_cast<std::size_t>(core.first_table + i)];
    fan_in += table.format == SynapseFormat::sparse ? table.rows : 1;
    if (table.weight_bits > chip.weight_bits)
      found.push_back(limit(program, core, "synapse weight", table.weight_bits, chip.weight_bits, "bits"));
  }
  for (int i = 0; i < core.axons; ++i)
    fan_out += program.axons[static_cast<std::size_t>(core.first_axon + i)].count;
  const MemoryUse use = memory_use(chip, program, core);
  const double bytes = static_cast<double>(chip.memory.shared ? use.total() : use.synapses);
  if (bytes > chip.memory.size.value)
    found.push_back(limit(program, core, "core memory", bytes, chip.memory.size.value, "bytes"));
  if (core.neurons > chip.memory.neurons.value)
    found.push_back(limit(program, core, "neurons", core.neurons, chip.memory.neurons.value, "entries"));
  if (static_cast<double>(fan_in) > chip.memory.fan_in.value)
    found.push_back(
        limit(program, core, "fan-in", static_cast<double>(fan_in), chip.memory.fan_in.value, "entries"));
  if (static_cast<double>(fan_out) > chip.memory.fan_out.value)
    found.push_back(
        limit(program, core, "fan-out", static_cast<double>(fan_out), chip.memory.fan_out.value, "entries"));
  if (core.slot < 0 || core.slot >= chip.cores || core.chip < 0 || core.chip >= program.chips)
    found.push_back(fmt::format("core {} of chip {} does not exist", core.slot, core.chip));
}

} // namespace

MemoryUse memory_use(const Chip& chip, const Program& program, const Core& core) {
  MemoryUse use;
  double state = chip.memory.neuron_state.value * core.neurons;
  for (int i = 0; i < core.tables; ++i) {
    const auto& table = program.tables[static_cast<std::size_t>(core.first_table + i)];
    use.synapses += (synapse_bits(chip, table) + 7) / 8;
    use.axons_in += axon_in_entries(table) * static_cast<std::int64_t>(chip.memory.axon_entry.value);
    // Accumulators: one set per time step of delay being filled and one being read, which port 0 has in the
    // state.
    const int sets = i == 0 ? table.delay : table.delay + 1;
    state += static_cast<double>(table.columns) * sets * chip.accumulator_bits / 8;
  }
  for (int i = 0; i < core.axons; ++i)
    use.axons_out += program.axons[static_cast<std::size_t>(core.first_axon + i)].count *
                     static_cast<std::int64_t>(chip.memory.axon_entry.value);
  use.neurons = static_cast<std::int64_t>(state);
  use.microcode = static_cast<std::int64_t>(chip.memory.program.value);
  return use;
}

std::vector<std::string> violations(const Chip& chip, const Program& program) {
  std::vector<std::string> found;
  if (chip.system_chips > 0 && program.chips > chip.system_chips)
    found.push_back(fmt::format("{} chips needed, a system has at most {}: {} too many", program.chips,
                                chip.system_chips, program.chips - chip.system_chips));
  if (!chip.microcode)
    for (const auto& population : program.populations)
      if (population.instructions > 0 || population.run_instructions > 0)
        found.push_back(fmt::format("population '{}' needs a {} program: this chip's neurons run no programs",
                                    population.name, to_string(population.soma)));
  for (const auto& core : program.cores) {
    if (found.size() >= 16)
      break;
    check_core(chip, program, core, found);
  }
  return found;
}

void check(const Chip& chip, const Program& program) {
  const auto found = violations(chip, program);
  if (found.empty())
    return;
  std::string text = fmt::format("{} does not fit {}: {}", program.name, chip.title, found.front());
  if (found.size() > 1)
    text += fmt::format(" (and {} more)", found.size() - 1);
  throw InputError(text);
}

} // namespace moesaic::hw
