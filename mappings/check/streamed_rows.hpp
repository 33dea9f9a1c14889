// What cores fetch from the memory outside of them.
#pragma once

#include <vector>

#include "mappings/check/check_mapping.hpp"

namespace moesaic::mappings {

struct StreamedRows {
  std::int32_t core = 0;
  double rows = 0;      ///< gate and up columns share them
  double row_bytes = 0; ///< of a row, in whole bursts
};

/// By core with weights, ascending. The chip has an outer memory.
std::vector<StreamedRows> streamed_rows(const CheckInput& input);

} // namespace moesaic::mappings
