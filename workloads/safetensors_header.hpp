// The header of a .safetensors file: which tensor lies where. Nothing in it is trusted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace moesaic::workloads {

struct TensorEntry {
  std::string dtype; ///< as written: "BF16", "F8_E4M3", ...
  std::vector<std::int64_t> shape;
  std::uint64_t offset = 0; ///< from the start of the file
  std::uint64_t bytes = 0;

  std::uint64_t elements() const;
};

/// "2, 3" for a shape of 2 x 3.
std::string shape_text(const std::vector<std::int64_t>& shape);

/// Bytes of one element of a dtype, 0 for an unknown one.
int bytes_per_element(const std::string& dtype);

/// Largest header the format's own library accepts, which is taken over here.
constexpr std::uint64_t most_header_bytes = 100'000'000;

/// Reads the header of a file of `file_bytes` bytes whose first `available` bytes are at `data`. Throws
/// InputError for anything the format forbids: a header longer than the file or than most_header_bytes,
/// malformed JSON, unknown dtypes, sizes that overflow or do not match shape and dtype, offsets that are out
/// of range, overlap or leave gaps.
std::map<std::string, TensorEntry> parse_safetensors_header(const std::uint8_t* data, std::uint64_t available,
                                                            std::uint64_t file_bytes,
                                                            const std::string& file);

} // namespace moesaic::workloads
