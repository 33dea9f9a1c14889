// A workload as text for a terminal.
#pragma once

#include <cstdint>
#include <string>

namespace moesaic::sim {

/// Which loads are drawn into the histogram: of a drawn trace, or of one layer of a recorded one.
struct ShownLoads {
  int tokens = 128;
  std::uint64_t seed = 1;
  std::string trace; ///< file; empty: drawn
  int trace_layer = 0;
};

/// Of a layer: shapes, router rule, what the figures rest on, and the histogram of expert loads. Of a request
/// workload: its file, and the same of its model's layer. Other kinds are shown as they are written. Throws
/// InputError.
std::string workload_text(const std::string& name_or_file, const ShownLoads& loads);

} // namespace moesaic::sim
