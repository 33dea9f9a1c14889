#include "mappings/gpu/lower.hpp"

#include <algorithm>
#include <cmath>

#include "mappings/gpu/exchange.hpp"

namespace moesaic::mappings::gpu {

using hw::gpu::Constants;
using hw::gpu::Kernel;
using hw::gpu::Precision;
using hw::gpu::Program;

namespace {

constexpr double element = 2; ///< bytes of an activation outside quantised products

double round_up_16(double rows) {
  return static_cast<double>((static_cast<long long>(std::ceil(rows)) + 15) / 16 * 16);
}

/// Of `weights` bytes that the layer before left in the cache: the same layer, in a benchmark.
double resident_share(double weights, const Constants& c) {
  return std::max(0.0, 1 - weights / c.l2_size) * std::min(1.0, c.l2_retention);
}

/// Rows, experts and traffic of one pair of expert products: the routed ones or the shared ones.
struct Group {
  double experts, rows, padded;
  double streamed; ///< rows that the elementwise kernels pass over
  bool dense = false;
};

struct Names {
  const char *quantise, *up, *activation, *quantise_inner, *down;
};

double quantise_time(Precision precision, const Constants& c) {
  return precision == Precision::fp8 ? c.fp8_quantise_time : c.fp8_block_quantise_time;
}

double quantise_passes(Precision precision, const Constants& c) {
  return precision == Precision::fp8 ? c.fp8_passes : c.fp8_block_passes;
}

/// A kernel that passes `passes` times over an activation tensor of `tensor` bytes.
Kernel& add_stream(Program& program, const char* name, double fixed, double tensor, double passes,
                   const Constants& c) {
  Kernel& kernel = program.add(name, Precision::bf16);
  kernel.fixed = fixed;
  kernel.bytes = tensor * passes;
  if (tensor > 0)
    kernel.memory_bytes = kernel.bytes * c.stream_share * tensor / (tensor + c.stream_cache * c.l2_size);
  return kernel;
}

void add_quantise(Program& program, const char* name, double tensor, Precision precision,
                  const Constants& c) {
  if (precision == Precision::fp8 || precision == Precision::fp8_block)
    add_stream(program, name, quantise_time(precision, c), tensor, quantise_passes(precision, c), c);
}

Kernel& add_product(Program& program, const char* name, Precision precision, const Group& group, double n,
                    double k, double resident, const Constants& c) {
  Kernel& kernel = program.add(name, precision);
  kernel.fixed = c.kernel_time + group.experts * c.touched_expert_time / 2;
  kernel.experts = group.experts;
  kernel.rows = group.rows;
  kernel.padded = group.padded;
  kernel.n = n;
  kernel.k = k;
  kernel.resident = resident;
  kernel.dense = group.dense;
  return kernel;
}

void add_experts(Program& program, const Names& names, const LayerShape& shape, const Group& group,
                 const Constants& c, const LowerOptions& options) {
  const Precision precision = options.precision;
  const double weights = group.experts * 3 * shape.hidden * shape.ffn * hw::gpu::weight_bytes(precision);
  const double resident = options.repeated ? resident_share(weights, c) : 0;
  add_quantise(program, names.quantise, group.streamed * shape.hidden * element, precision, c);
  add_product(program, names.up, precision, group, 2 * shape.ffn, shape.hidden, resident, c);
  add_stream(program, names.activation, c.kernel_time, group.streamed * shape.ffn * element, c.ffn_passes, c);
  add_quantise(program, names.quantise_inner, 0, precision, c); // its traffic is in the activation's passes
  add_product(program, names.down, precision, group, shape.hidden, shape.ffn, resident, c);
}

} // namespace

Program lower(const LayerShape& shape, const RankLoad& load, const Constants& c,
              const LowerOptions& options) {
  Program program;
  program.graph = options.graph;
  const bool parallel = options.ranks > 1;
  const double tokens = parallel ? load.own : load.tokens;
  const Exchange rows{std::max(load.slots * load.copies * load.own / load.tokens, load.rows),
                      dispatch_bytes(shape.hidden, options.precision), options.ranks, options.node};
  if (options.router)
    add_product(program, "router", Precision::bf16, {1, tokens, round_up_16(tokens), 0, true}, shape.routed,
                shape.hidden, 0, c);
  // fp32 logits in, indices and weights out
  add_stream(program, "top-k", c.kernel_time, tokens * shape.routed * 4, 1, c);
  if (parallel)
    add_exchange(program, "dispatch", rows, c);
  const double streamed = load.rows + (parallel ? 0 : c.foreign_slots * (load.slots - load.rows));
  const double hidden = streamed * shape.hidden * element;
  const double bookkeeping = load.experts * c.expert_time;
  add_stream(program, "permute", c.kernel_time + bookkeeping, hidden, c.hidden_passes / 2, c);
  const LayerShape part{shape.hidden, shape.ffn * load.width_share, shape.routed, shape.shared};
  static const Names routed = {"quantise", "gate and up", "activation", "quantise inner", "down"};
  add_experts(program, routed, part, {load.touched, load.rows, load.padded, streamed}, c, options);
  add_stream(program, "combine", c.kernel_time, hidden, c.hidden_passes / 2, c);
  if (parallel)
    add_exchange(program, "send back", {rows.rows, combine_bytes(shape.hidden), rows.ranks, rows.node}, c);
  if (shape.shared > 0) {
    static const Names shared = {"shared quantise", "shared gate and up", "shared activation",
                                 "shared quantise inner", "shared down"};
    const double own = tokens * shape.shared;
    add_experts(program, shared, shape, {shape.shared, own, shape.shared * round_up_16(tokens), own, true}, c,
                options);
  }
  return program;
}

Program lower_dense(double m, double n, double k, const Constants& c, const LowerOptions& options) {
  Program program;
  program.graph = options.graph;
  const double weights = n * k * hw::gpu::weight_bytes(options.precision);
  const double resident = options.repeated ? resident_share(weights, c) : 0;
  add_quantise(program, "quantise", m * k * element, options.precision, c);
  Kernel& product =
      add_product(program, "product", options.precision, {1, m, round_up_16(m), 0, true}, n, k, resident, c);
  if (!options.graph && options.precision == Precision::fp8_block)
    product.least = m <= 16 ? c.dense_small_host_time : c.dense_host_time;
  return program;
}

} // namespace moesaic::mappings::gpu
