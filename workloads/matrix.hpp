// A matrix of fp32 numbers, row by row.
#pragma once

#include <cstddef>
#include <vector>

namespace moesaic::workloads {

struct Matrix {
  int rows = 0, cols = 0;
  std::vector<float> value; ///< rows x cols

  Matrix() = default;
  Matrix(int r, int c) : rows(r), cols(c), value(static_cast<std::size_t>(r) * static_cast<std::size_t>(c)) {}

  std::size_t index(int r, int c) const {
    return static_cast<std::size_t>(r) * static_cast<std::size_t>(cols) + static_cast<std::size_t>(c);
  }
  float at(int r, int c) const { return value[index(r, c)]; }
  float& at(int r, int c) { return value[index(r, c)]; }
  const float* row(int r) const { return value.data() + index(r, 0); }
};

} // namespace moesaic::workloads
