// The synapses of a NIR connection as the tables of the cores that hold its target's neurons.
#pragma once

#include <vector>

#include "hw/neuromorphic/chip.hpp"
#include "workloads/nir_network.hpp"

namespace moesaic::mappings {

/// How a connection's sources and targets are placed: the neuron at each place.
struct ConnectionOrder {
  const std::vector<std::int32_t>& from;
  const std::vector<std::int32_t>& to;
};

/// By the first source of each of a population's neurons: those that see the same part of an image become neighbours.
std::vector<std::int32_t> order_by_source(const workloads::NirNetwork& network, int population);

/// Synapses onto the target's places before each, and all of them at the end.
std::vector<std::size_t> synapses_before(const workloads::NirConnection& connection, const ConnectionOrder& order);

/// A table of the right size for places first .. end - 1, its synapses not filled in: to ask whether it fits.
hw::SynapseTable unfilled_table(const hw::Chip& chip, const workloads::NirConnection& connection, const ConnectionOrder& order,
                                int first, int end, const std::vector<std::size_t>& before);

/// Lets rows with the same weights at the same distances share their entries.
void share_rows(hw::SparseRows& rows, hw::Weights& weights);

/// The tables of a connection, one for each slice begin[i] .. begin[i + 1] - 1 of its target's places; weights as integers
/// times 2^step. A convolution's rows share theirs where the chip's memory has that.
std::vector<hw::SynapseTable> filled_tables(const hw::Chip& chip, const workloads::NirConnection& connection, int step,
                                            const ConnectionOrder& order, const std::vector<int>& begin,
                                            const std::vector<std::size_t>& before);

} // namespace moesaic::mappings
