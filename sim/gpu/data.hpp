// Measured GPU kernels from a CSV file, in the columns of NVIDIA aiconfigurator's tables.
#pragma once

#include <string>
#include <vector>

#include "hw/gpu/constants.hpp"
#include "mappings/gpu/load.hpp"

namespace moesaic::sim {

/// One measured row: an MoE layer on one rank given router logits, or (experts 0) a dense product.
struct GpuRow {
  std::string gpu, engine, model, distribution;
  hw::gpu::Precision precision = hw::gpu::Precision::bf16;
  int hidden = 0, ffn = 0, top_k = 0, experts = 0, ranks = 1, tokens = 0;
  int m = 0, n = 0, k = 0; ///< of a dense product
  double seconds = 0;      ///< measured
  double watts = 0;        ///< measured board power, 0 when the row has none
  bool dense() const { return experts == 0; }
};

/// Reads files with the columns
/// `gpu,engine,model,dtype,hidden,intermediate,top_k,experts,ep,distribution,tokens, latency_ms,power_w` or
/// `gpu,engine,dtype,m,n,k,latency_ms,power_w`, in any order; power_w may be absent or empty. Throws
/// InputError with line and column: missing or unknown columns, no number, negative or zero times, an unknown
/// GPU or precision, latencies or powers that only another unit explains.
std::vector<GpuRow> read_gpu_rows(const std::string& file);

/// The routing loads of a row's rank: one for `balanced`, five draws for `power_law_ALPHA`, whose costs are
/// averaged. Deterministic.
std::vector<mappings::gpu::RankLoad> loads_of(const GpuRow& row);

} // namespace moesaic::sim
