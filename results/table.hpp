// The comparison table for a terminal.
#pragma once

#include <string>
#include <vector>

#include "results/run.hpp"

namespace moesaic::results {

struct TableStyle {
  bool colour = false; ///< ANSI escapes: only for a terminal
  int columns = 120;   ///< notes are wrapped at this width
};

/// One row a machine: latency and energy per token with intervals, tokens/s, average power, chips, what
/// bounds it, and cost relative to the first GPU (below 1: cheaper than the GPU); the verdict and the notes
/// below. With a batch, latency is that of the whole batch, which is what each of its tokens waits.
std::string format_table(const std::vector<RunRecord>& records, const TableStyle& style = {});

/// The same with the run's title above and what was left out below.
std::string format_run(const Run& run, const TableStyle& style = {});

/// The style for a file descriptor's output: colour if it is a terminal and NO_COLOR is unset.
TableStyle table_style(int file_descriptor);

} // namespace moesaic::results
