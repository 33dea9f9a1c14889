// Measurements made by the model itself from known constants.
#pragma once

#include <cmath>

#include "sim/gpu/fit.hpp"

namespace moesaic::sim {

inline GpuRow layer_row(const std::string& model, hw::gpu::Precision precision, int ranks, int tokens) {
  GpuRow row;
  row.gpu = "h200", row.engine = "vllm-0.22.0", row.distribution = "balanced";
  row.model = model, row.precision = precision, row.ranks = ranks, row.tokens = tokens;
  const bool wide = model == "wide";
  row.hidden = wide ? 4096 : 2048, row.ffn = wide ? 14336 : 768;
  row.top_k = wide ? 2 : 8, row.experts = wide ? 8 : 128;
  return row;
}

inline GpuRow dense_row(hw::gpu::Precision precision, int m, int n, int k) {
  GpuRow row;
  row.gpu = "h200", row.engine = "vllm-0.22.0", row.precision = precision;
  row.m = row.tokens = m, row.n = n, row.k = k;
  return row;
}

/// Two models at the given precisions, and with `dense` products too.
inline std::vector<GpuRow> grid(const std::vector<hw::gpu::Precision>& precisions, bool dense) {
  std::vector<GpuRow> rows;
  for (const auto precision : precisions)
    for (const char* model : {"wide", "narrow"})
      for (const int ranks : {1, 2, 4, 8})
        for (int tokens = 1; tokens <= 16384; tokens *= 2)
          rows.push_back(layer_row(model, precision, ranks, tokens));
  for (const auto precision : {hw::gpu::Precision::bf16, hw::gpu::Precision::fp8_block})
    for (int m = 1; dense && m <= 16384; m *= 4)
      for (const int n : {256, 4096})
        rows.push_back(dense_row(precision, m, n, 7168));
  return rows;
}

/// Rows measured without error on a GPU of these constants.
inline std::vector<GpuCase> measured(const std::vector<GpuRow>& rows, const hw::gpu::Constants& truth) {
  auto cases = prepare_gpu_cases(rows);
  for (GpuCase& c : cases) {
    const GpuPrediction p = predict(c, truth);
    c.row.seconds = p.seconds;
    c.row.watts = p.joules / p.seconds;
  }
  return cases;
}

} // namespace moesaic::sim
