// Files of 16-bit numbers: what card memory holds before a program runs with values, and what it holds after.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace moesaic::sim {

/// All numbers of a .npy file (16-bit integers, row by row) or of a .csv file (integers from -32768 to 65535, separated by commas,
/// spaces or lines; a line that begins with # is a remark). Throws InputError with the file, for .csv with line and column.
std::vector<std::uint16_t> read_numbers(const std::string& file);

/// A .npy file (version 1.0, '<u2', row by row) of this shape.
std::string npy_text(const std::vector<std::uint16_t>& numbers, const std::vector<std::size_t>& shape);

} // namespace moesaic::sim
