// Matrices in small number formats: codes and scales, each with its computed error bound.
#pragma once

#include <vector>

#include "workloads/matrix.hpp"
#include "workloads/number_format.hpp"

namespace moesaic::workloads {

/// The rectangle that shares one scale; 0 means the whole extent. {1, 0}: one scale per row; {0, 1}: per
/// column.
struct BlockShape {
  int rows = 0, cols = 0;
};

/// Weights: 128 x 128 for fp8_e4m3 (DeepSeek-V3 report, section 3.3.2), else one scale per row (output
/// neuron).
BlockShape weight_block(NumberFormat format);
/// Activations: 1 x 128 tiles for fp8_e4m3 (same source), else one scale per row (token).
BlockShape activation_block(NumberFormat format);

/// Element (r, c) is code * scale of its block.
struct Quantised {
  NumberFormat format = NumberFormat::fp32;
  BlockShape block; ///< no zeros: resolved against the matrix
  int rows = 0, cols = 0;
  std::vector<float> code;    ///< rows x cols; whole numbers where is_integer(format)
  std::vector<float> scale;   ///< one per block, row of blocks by row of blocks
  std::vector<float> largest; ///< per block: the largest magnitude that was quantised

  std::size_t block_of(int r, int c) const;
  float code_of(int r, int c) const;
  double value(int r, int c) const; ///< dequantised: code * scale, exact in double
  /// |original - value(r, c)| is at most this. Follows from format, scale, code and the block's largest
  /// magnitude.
  double error_bound(int r, int c) const;
};

/// Rounds to nearest. Scales are the largest magnitude over the largest code (int8, int4, fp8), or the mean
/// magnitude (ternary as in BitNet b1.58, binary as in XNOR-Net); bf16 and fp32 have none (1). Throws
/// InputError for a number that is not finite.
Quantised quantise(const Matrix& matrix, NumberFormat format, BlockShape block);

/// The scale of one block from its largest and its mean magnitude; 0 for a block of zeros, 1 where
/// the format needs none.
float block_scale(NumberFormat format, double largest, double mean);

Matrix dequantise(const Quantised& quantised);

} // namespace moesaic::workloads
