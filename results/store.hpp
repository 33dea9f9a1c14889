// run.h5: the store that analysis scripts open. docs/results.md describes the layout.
#pragma once

#include <string>
#include <vector>

#include "results/run.hpp"

namespace moesaic::results {

/// Writes a new file. One group a machine (and batch) that follows its component tree, and the flat long
/// table `energy`: machine, batch, component, action, kind, count, energy_pJ, low_pJ, high_pJ, figure,
/// source. Throws InputError naming the file when it cannot be written.
void write_store(const std::string& file, const Run& run);

/// The records of a file that write_store made. Energies come back from picojoules, so to one part in 10^15;
/// all else to the bit. Throws InputError.
std::vector<RunRecord> read_store(const std::string& file);

/// The group of each record: its machine, with ".batchN" when records of one machine differ in batch, and
/// ".2", ".3" when even that is taken.
std::vector<std::string> store_group_names(const std::vector<RunRecord>& records);

} // namespace moesaic::results
