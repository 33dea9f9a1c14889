#include "mappings/neuromorphic/nir_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace moesaic::mappings {

using workloads::SynapseMatrix;

namespace {

/// Weights that a slice of a convolution's targets shares.
int kernel_weights(const workloads::SharedKernel& kernel, const std::vector<std::int32_t>& order, int first, int end) {
  std::set<int> channels;
  for (int place = first; place < end; ++place)
    channels.insert(order[static_cast<std::size_t>(place)] / kernel.channel_neurons);
  return static_cast<int>(channels.size()) * kernel.channel_weights;
}

hw::SynapseTable empty_table(const hw::Chip& chip, const workloads::NirConnection& c, const ConnectionOrder& order, int first,
                             int end, std::size_t synapses) {
  const int count = end - first;
  hw::SynapseTable table;
  table.rows = static_cast<int>(c.weight.cols());
  table.columns = count;
  table.delay = c.delay;
  table.weight_bits = std::min(chip.weight_bits, 8);
  const bool full = synapses == static_cast<std::size_t>(table.rows) * static_cast<std::size_t>(count);
  table.format = full && !chip.memory.crossbar ? hw::SynapseFormat::dense : hw::SynapseFormat::sparse;
  if (chip.memory.convolution && c.kernel.channel_weights > 0) {
    table.format = hw::SynapseFormat::convolution;
    table.kernel_weights = kernel_weights(c.kernel, order.to, first, end);
  }
  return table;
}

/// The place of each neuron.
std::vector<std::int32_t> places(const std::vector<std::int32_t>& order) {
  std::vector<std::int32_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    place[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(i);
  return place;
}

} // namespace

std::vector<std::int32_t> order_by_source(const workloads::NirNetwork& network, int population) {
  const auto size = static_cast<std::size_t>(network.populations[static_cast<std::size_t>(population)].size);
  std::vector<std::int32_t> first(size, std::numeric_limits<std::int32_t>::max()), order(size);
  for (const auto& c : network.connections) // of the first connection that reaches a neuron from elsewhere
    for (int source = 0; c.to == population && c.from != population && source < c.weight.outerSize(); ++source)
      for (SynapseMatrix::InnerIterator entry(c.weight, source); entry; ++entry)
        first[static_cast<std::size_t>(entry.row())] = std::min(first[static_cast<std::size_t>(entry.row())], source);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return first[static_cast<std::size_t>(a)] < first[static_cast<std::size_t>(b)];
  });
  return order;
}

std::vector<std::size_t> synapses_before(const workloads::NirConnection& c, const ConnectionOrder& order) {
  const std::vector<std::int32_t> place = places(order.to);
  std::vector<std::size_t> before(static_cast<std::size_t>(c.weight.rows()) + 1, 0);
  for (int source = 0; source < c.weight.outerSize(); ++source)
    for (SynapseMatrix::InnerIterator entry(c.weight, source); entry; ++entry)
      ++before[static_cast<std::size_t>(place[static_cast<std::size_t>(entry.row())]) + 1];
  for (std::size_t n = 1; n < before.size(); ++n)
    before[n] += before[n - 1];
  return before;
}

hw::SynapseTable unfilled_table(const hw::Chip& chip, const workloads::NirConnection& c, const ConnectionOrder& order,
                                int first, int end, const std::vector<std::size_t>& before) {
  const std::size_t synapses = before[static_cast<std::size_t>(end)] - before[static_cast<std::size_t>(first)];
  hw::SynapseTable table = empty_table(chip, c, order, first, end, synapses);
  const auto rows = std::make_shared<hw::SparseRows>();
  if (table.format != hw::SynapseFormat::convolution)
    rows->column.resize(synapses);
  table.sparse = rows;
  return table;
}

std::vector<hw::SynapseTable> filled_tables(const hw::Chip& chip, const workloads::NirConnection& c, int step,
                                            const ConnectionOrder& order, const std::vector<int>& begin,
                                            const std::vector<std::size_t>& before) {
  const std::vector<std::int32_t> place = places(order.to);
  std::vector<hw::SynapseTable> tables;
  std::vector<std::shared_ptr<hw::SparseRows>> rows;
  std::vector<std::shared_ptr<hw::Weights>> weights;
  std::vector<std::uint16_t> slice(static_cast<std::size_t>(c.weight.rows()));
  for (std::size_t i = 0; i + 1 < begin.size(); ++i) {
    const auto first = static_cast<std::size_t>(begin[i]), end = static_cast<std::size_t>(begin[i + 1]);
    const std::size_t synapses = before[end] - before[first];
    tables.push_back(empty_table(chip, c, order, begin[i], begin[i + 1], synapses));
    rows.push_back(std::make_shared<hw::SparseRows>());
    rows.back()->begin.reserve(static_cast<std::size_t>(c.weight.cols()) + 1);
    rows.back()->begin.push_back(0);
    rows.back()->column.reserve(synapses);
    weights.push_back(std::make_shared<hw::Weights>());
    weights.back()->value.reserve(synapses);
    std::fill(slice.begin() + begin[i], slice.begin() + begin[i + 1], static_cast<std::uint16_t>(i));
  }
  for (const std::int32_t source : order.from) {
    for (SynapseMatrix::InnerIterator entry(c.weight, source); entry; ++entry) {
      const std::int32_t at = place[static_cast<std::size_t>(entry.row())];
      const std::size_t i = slice[static_cast<std::size_t>(at)];
      rows[i]->column.push_back(static_cast<std::uint16_t>(at - begin[i]));
      weights[i]->value.push_back(static_cast<std::int8_t>(std::lround(std::ldexp(entry.value(), -step))));
    }
    for (auto& list : rows)
      list->begin.push_back(static_cast<std::uint32_t>(list->column.size()));
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (tables[i].format == hw::SynapseFormat::convolution)
      share_rows(*rows[i], *weights[i]);
    tables[i].sparse = rows[i];
    tables[i].weights = weights[i];
  }
  return tables;
}

} // namespace moesaic::mappings
