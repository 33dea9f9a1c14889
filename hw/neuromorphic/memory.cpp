// What a core must hold, and whether it can.
#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/neuromorphic/chip_tree.hpp"
#include "hw/neuromorphic/program.hpp"

namespace moesaic::hw {
namespace {

/// Bits of synapse memory: sparse entries carry their column index, one-to-one tables a shared weight. Of a streamed
/// table only rows are there whose messages wait in the queue, stand before the synapses or are in them.
std::int64_t synapse_bits(const Chip& chip, const SynapseTable& table) {
  if (table.streamed)
    return std::int64_t{chip.axon_in_queue + 2} * table.columns * table.weight_bits;
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

/// Entries in memory that lead from a message to its synapses: a dense, convolution or one-to-one table is found by one
/// and the message's row, each row of a sparse one by its own.
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
  const std::int64_t inputs = fan_in(program, core);
  std::int64_t fan_out = 0;
  for (int i = 0; i < core.tables; ++i) {
    const auto& table = program.tables[static_cast<std::size_t>(core.first_table + i)];
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
  if (static_cast<double>(inputs) > chip.memory.fan_in.value)
    found.push_back(limit(program, core, "fan-in", static_cast<double>(inputs), chip.memory.fan_in.value, "entries"));
  if (static_cast<double>(fan_out) > chip.memory.fan_out.value)
    found.push_back(
        limit(program, core, "fan-out", static_cast<double>(fan_out), chip.memory.fan_out.value, "entries"));
  if (core.slot < 0 || core.slot >= chip.cores || core.chip < 0 || core.chip >= program.chips)
    found.push_back(fmt::format("core {} of chip {} does not exist", core.slot, core.chip));
}

void check_outer_memory(const Chip& chip, const Program& program, std::vector<std::string>& found) {
  if (streams(program) && !chip.outer_memory) {
    found.push_back(fmt::format("weights are to be streamed, but {} has no memory outside its cores to stream them from",
                                chip.title));
    return;
  }
  if (!chip.outer_memory)
    return;
  const std::vector<double> use = outer_memory_use(chip, program);
  for (std::size_t c = 0; c < use.size(); ++c)
    if (use[c] > chip.outer_memory->size.value)
      found.push_back(fmt::format("chip {}: {:.0f} bytes of outer memory needed, {:.0f} held, {:.0f} too many", c, use[c],
                                  chip.outer_memory->size.value, use[c] - chip.outer_memory->size.value));
}

} // namespace

bool streams(const Program& program) {
  return std::any_of(program.tables.begin(), program.tables.end(), [](const auto& table) { return table.streamed; });
}

std::int64_t row_bursts(const Chip& chip, const SynapseTable& table) {
  const auto burst = static_cast<std::int64_t>(chip.outer_memory->burst.value);
  const std::int64_t bytes = (std::int64_t{table.columns} * table.weight_bits + 7) / 8;
  return (bytes + burst - 1) / burst;
}

std::vector<double> outer_memory_use(const Chip& chip, const Program& program) {
  std::vector<double> use;
  for (const Core& core : program.cores)
    for (int i = 0; i < core.tables; ++i) {
      const auto& table = program.tables[static_cast<std::size_t>(core.first_table + i)];
      if (!table.streamed || core.chip < 0 || core.chip >= program.chips)
        continue;
      use.resize(static_cast<std::size_t>(program.chips));
      use[static_cast<std::size_t>(core.chip)] +=
          static_cast<double>(table.rows * row_bursts(chip, table)) * chip.outer_memory->burst.value;
    }
  return use;
}

std::int64_t fan_in(const Program& program, const Core& core) {
  std::int64_t axons = 0;
  for (int i = 0; i < core.tables; ++i) {
    const auto& table = program.tables[static_cast<std::size_t>(core.first_table + i)];
    axons += table.format == SynapseFormat::convolution ? 1 : table.rows;
  }
  return axons;
}

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
  if (const int most = most_chips(chip); most > 0 && program.chips > most)
    found.push_back(fmt::format("{} chips needed, a system has at most {}: {} too many", program.chips, most,
                                program.chips - most));
  if (!chip.microcode)
    for (const auto& population : program.populations) {
      if (chip.static_schedule && population.soma == Soma::top_k)
        found.push_back(fmt::format("population '{}' chooses what it sends: this chip runs one schedule for all data",
                                    population.name));
      else if (!chip.static_schedule && (population.instructions > 0 || population.run_instructions > 0))
        found.push_back(fmt::format("population '{}' needs a {} program: this chip's neurons run no programs",
                                    population.name, to_string(population.soma)));
    }
  check_outer_memory(chip, program, found);
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
