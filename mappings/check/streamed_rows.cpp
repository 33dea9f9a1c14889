#include "mappings/check/streamed_rows.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace moesaic::mappings {

std::vector<StreamedRows> streamed_rows(const CheckInput& input) {
  std::map<std::int32_t, StreamedRows> by_core;
  for (const Slice& slice : input.mapping.slices) {
    StreamedRows& core = by_core[slice.core];
    core.core = slice.core;
    core.rows = std::max(core.rows, static_cast<double>(slice.rows));
    core.row_bytes += static_cast<double>(slice.rows) * slice.columns * slice.bits / 8; // of all rows, until below
  }
  const double burst = input.chip.outer_memory->burst.value;
  std::vector<StreamedRows> all;
  for (auto& [index, core] : by_core)
    if (core.rows > 0) {
      core.row_bytes = std::ceil(core.row_bytes / core.rows / burst) * burst;
      all.push_back(core);
    }
  return all;
}

} // namespace moesaic::mappings
