// A workload as text for a terminal.
#pragma once

#include <cstdint>
#include <string>

namespace moesaic::sim {

/// Shapes, router rule, and the histogram of expert loads over a trace of `tokens` tokens. Throws InputError.
std::string workload_text(const std::string& name_or_file, int tokens, std::uint64_t seed);

} // namespace moesaic::sim
