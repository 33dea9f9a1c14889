// The head of a .npy file.
#pragma once

#include <cstddef>
#include <string>

namespace moesaic::workloads {

struct NpyHead {
  std::string text;      ///< what stands before the numbers
  std::size_t begin = 0; ///< byte at which they begin
};

/// Throws InputError, naming `file`, where the bytes are no .npy file or end within its head.
NpyHead npy_head(const std::string& file, const std::string& bytes);

} // namespace moesaic::workloads
