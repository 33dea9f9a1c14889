#include "mappings/neuromorphic/decoder_cards.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/neuromorphic/slices.hpp"

namespace moesaic::mappings {
namespace {

double bytes_of(const std::vector<ChipProduct>& products) {
  double bytes = 0;
  for (const auto& product : products)
    bytes += static_cast<double>(product.rows) * product.columns * product.bits / 8;
  return bytes;
}

hw::Core core_at(int slot, int population, int first_neuron, int neurons) {
  hw::Core core;
  core.slot = slot;
  core.population = population;
  core.first_neuron = first_neuron;
  core.neurons = neurons;
  return core;
}

/// A core that sends `rows` activations to group 0, and what comes of them.
hw::Program two_populations(const ChipProduct& product, int sink_cores, int sinks) {
  const int rows = product.rows;
  hw::Program program;
  program.name = product.name;
  program.chips = program.grid_width = 1;
  program.grid_height = 1;
  program.populations = {{"input", hw::Soma::source, 0, 1, rows, 0, 1, hw::never_triggered, 0, 0},
                         {"output", hw::Soma::integrator, 1, sink_cores, sinks, 1, product.columns_per_neuron, 0,
                          product.instructions, 0}};
  program.groups.resize(1);
  program.axons = {{0, rows, 0, 0, 0}};
  program.cores = {core_at(0, 0, 0, rows)};
  program.cores[0].axons = 1;
  return program;
}

} // namespace

std::vector<PipelineChip> decoder_chips(const hw::Chip& chip, const DecoderModel& model) {
  const double capacity = chip.cores * (chip.memory.size.value - chip.memory.program.value);
  const int bits = model.weight_bits;
  // Every element of a query meets its part of the keys of all positions, every position's weight its values.
  const std::vector<ChipProduct> attention = {
      {"query, key and value", model.hidden, model.hidden + 2 * model.keys, bits},
      {"scores", model.hidden, model.context, model.cache_bits},
      {"mix of values", model.context, model.hidden, model.cache_bits},
      {"attention output", model.hidden, model.hidden, bits}};
  const std::vector<ChipProduct> feed_forward = {{"gate and up", model.hidden, 2 * model.inner, bits},
                                                 {"down", model.inner, model.hidden, bits}};
  const double caches = 2.0 * model.users * model.context * model.keys * model.cache_bits / 8;
  PipelineChip both{"attention and feed-forward", model.layers, attention, 0};
  both.products.insert(both.products.end(), feed_forward.begin(), feed_forward.end());
  const double weights = bytes_of({attention[0], attention[3]});
  both.bytes = weights + bytes_of(feed_forward) + caches;
  std::vector<PipelineChip> chips;
  if (both.bytes <= capacity)
    chips = {both};
  else
    chips = {{"attention", model.layers, attention, weights + caches},
             {"feed-forward", model.layers, feed_forward, bytes_of(feed_forward)}};
  PipelineChip head{"output matrix",
                    model.head_chips,
                    {{"output matrix", model.hidden, model.vocabulary / model.head_chips, bits}},
                    0};
  head.bytes = bytes_of(head.products);
  chips.push_back(head);
  for (const auto& part : chips)
    if (part.bytes > capacity)
      throw InputError(fmt::format("{}: {} needs {:.0f} bytes, a chip of {} holds {:.0f}, {:.0f} too many", model.name,
                                   part.name, part.bytes, chip.title, capacity, part.bytes - capacity));
  return chips;
}

hw::Program product_program(const hw::Chip& chip, const ChipProduct& product) {
  const int results = product.columns / product.columns_per_neuron, cores = std::min(chip.cores - 1, results);
  hw::Program program = two_populations(product, cores, results);
  for (int i = 0; i < cores; ++i) {
    const int first = slice_begin(results, cores, i);
    hw::Core core = core_at(i + 1, 1, first, slice_begin(results, cores, i + 1) - first);
    hw::SynapseTable table;
    table.rows = product.rows;
    table.columns = core.neurons * product.columns_per_neuron;
    table.weight_bits = product.bits;
    core.first_table = static_cast<int>(program.tables.size());
    core.tables = 1;
    program.tables.push_back(table);
    program.groups[0].members.push_back(static_cast<int>(program.cores.size()));
    program.cores.push_back(core);
  }
  return program;
}

} // namespace moesaic::mappings
