#include "workloads/quantisation.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

BlockShape weight_block(NumberFormat format) {
  return format == NumberFormat::fp8_e4m3 ? BlockShape{128, 128} : BlockShape{1, 0};
}

BlockShape activation_block(NumberFormat format) {
  return format == NumberFormat::fp8_e4m3 ? BlockShape{1, 128} : BlockShape{1, 0};
}

std::size_t Quantised::block_of(int r, int c) const {
  const int blocks_per_row = (cols + block.cols - 1) / block.cols;
  return static_cast<std::size_t>(r / block.rows) * static_cast<std::size_t>(blocks_per_row) +
         static_cast<std::size_t>(c / block.cols);
}

float Quantised::code_of(int r, int c) const {
  return code[static_cast<std::size_t>(r) * static_cast<std::size_t>(cols) + static_cast<std::size_t>(c)];
}

double Quantised::value(int r, int c) const {
  return double{code_of(r, c)} * scale[block_of(r, c)];
}

double Quantised::error_bound(int r, int c) const {
  const std::size_t b = block_of(r, c);
  double bound = half_step(format, code_of(r, c)) * scale[b];
  // These two clip: the code's largest value stands for everything beyond it too.
  if ((format == NumberFormat::ternary && code_of(r, c) != 0) || format == NumberFormat::binary)
    bound = std::max(bound, double{largest[b]} - scale[b]);
  // The quotient that is rounded, and the scale itself, are fp32 numbers.
  return bound + (bound + std::abs(value(r, c))) * 0x1p-22;
}

float block_scale(NumberFormat format, double largest, double mean) {
  if (largest_code(format) == 0)
    return 1;
  if (largest == 0)
    return 0;
  const bool by_mean = format == NumberFormat::ternary || format == NumberFormat::binary;
  const auto scale = static_cast<float>(by_mean ? mean : largest / largest_code(format));
  return std::max(scale, 1e-30f); // fp32 quotients by less would lose their precision
}

Quantised quantise(const Matrix& matrix, NumberFormat format, BlockShape block) {
  if (block.rows <= 0 || block.rows > matrix.rows)
    block.rows = std::max(matrix.rows, 1);
  if (block.cols <= 0 || block.cols > matrix.cols)
    block.cols = std::max(matrix.cols, 1);
  Quantised q{format, block, matrix.rows, matrix.cols, {}, {}, {}};
  q.code.resize(matrix.value.size());
  for (int r0 = 0; r0 < matrix.rows; r0 += block.rows)
    for (int c0 = 0; c0 < matrix.cols; c0 += block.cols) {
      const int r1 = std::min(r0 + block.rows, matrix.rows), c1 = std::min(c0 + block.cols, matrix.cols);
      double largest = 0, sum = 0;
      for (int r = r0; r < r1; ++r)
        for (int c = c0; c < c1; ++c) {
          const double magnitude = std::abs(matrix.at(r, c));
          if (!std::isfinite(magnitude))
            throw InputError(fmt::format("element ({}, {}) is not a finite number", r, c));
          largest = std::max(largest, magnitude);
          sum += magnitude;
        }
      const float scale = block_scale(format, largest, sum / (double(r1 - r0) * (c1 - c0)));
      q.scale.push_back(scale);
      q.largest.push_back(static_cast<float>(largest));
      for (int r = r0; r < r1; ++r)
        for (int c = c0; c < c1; ++c)
          q.code[matrix.index(r, c)] = round_to_format(format, scale == 0 ? 0 : matrix.at(r, c) / scale);
    }
  return q;
}

Matrix dequantise(const Quantised& quantised) {
  Matrix matrix(quantised.rows, quantised.cols);
  for (int r = 0; r < quantised.rows; ++r)
    for (int c = 0; c < quantised.cols; ++c)
      matrix.at(r, c) = static_cast<float>(quantised.value(r, c));
  return matrix;
}

} // namespace moesaic::workloads
