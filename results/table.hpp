// The comparison table for a terminal.
#pragma once

#include <string>
#include <vector>

#include "results/record.hpp"

namespace moesaic::results {

struct TableStyle {
  bool colour = false; ///< ANSI escapes: only for a terminal
  int columns = 120;   ///< notes are wrapped at this width
};

/// One row a machine: latency and energy per token with intervals, tokens/s, average power, chips, what
/// bounds it, and cost relative to the first GPU (below 1: cheaper than the GPU); the verdict and the notes
/// below. With a batch, latency is that of the whole batch, which is what each of its tokens waits.
std::string format_table(const std::vector<RunRecord>& records, const TableStyle& style = {});

/// The style for a file descriptor's output: colour if it is a terminal and NO_COLOR is unset.
TableStyle table_style(int file_descriptor);

} // namespace moesaic::results
