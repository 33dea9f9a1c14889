#include "mappings/gpu/lower.hpp"

#include <algorithm>

namespace moesaic::mappings::gpu {

using hw::gpu::Constants;
using hw::gpu::Kernel;
using hw::gpu::Precision;
using hw::gpu::Program;

namespace {

constexpr double element = 2; ///< bytes of an activation outside quantised products

double round_up_16(double rows) {
  return static_cast<double>((static_cast<long long>(rows) + 15) / 16 * 16);
}

/// Rows, experts and traffic of one pair of expert products: the routed ones or the shared ones.
struct Group {
  double experts, rows, padded;
  double streamed; ///< rows that the elementwise kernels pass over
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

void add_quantise(Program& program, const char* name, double bytes, Precision precision, const Constants& c) {
  if (precision != Precision::fp8 && precision != Precision::fp8_block)
    return;
  Kernel& kernel = program.add(name, precision);
  kernel.fixed = quantise_time(precision, c);
  kernel.bytes = bytes;
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
  return kernel;
}

void add_experts(Program& program, const Names& names, const LayerShape& shape, const Group& group,
                 const Constants& c, const LowerOptions& options) {
  const Precision precision = options.precision;
  const double weights = group.experts * 3 * shape.hidden * shape.ffn * hw::gpu::weight_bytes(precision);
  const double resident = options.repeated ? std::max(0.0, 1 - weights / c.l2_size) * c.l2_retention : 0;
  const double hidden_bytes = group.streamed * shape.hidden * element;
  add_quantise(program, names.quantise, hidden_bytes * quantise_passes(precision, c), precision, c);
  add_product(program, names.up, precision, group, 2 * shape.ffn, shape.hidden, resident, c);
  Kernel& activation = program.add(names.activation, Precision::bf16);
  activation.fixed = c.kernel_time;
  activation.bytes = group.streamed * shape.ffn * element * c.ffn_passes;
  add_quantise(program, names.quantise_inner, 0, precision, c); // its traffic is in the activation's passes
  add_product(program, names.down, precision, group, shape.hidden, shape.ffn, resident, c);
}

Kernel& add_stream(Program& program, const char* name, double fixed, double bytes) {
  Kernel& kernel = program.add(name, Precision::bf16);
  kernel.fixed = fixed;
  kernel.bytes = bytes;
  return kernel;
}

} // namespace

Program lower(const LayerShape& shape, const RankLoad& load, const Constants& c,
              const LowerOptions& options) {
  Program program;
  program.graph = options.graph;
  if (options.router)
    add_product(program, "router", Precision::bf16, {1, load.tokens, round_up_16(load.tokens), 0},
                shape.routed, shape.hidden, 0, c);
  add_stream(program, "top-k", c.kernel_time, load.tokens * shape.routed * 4); // fp32 logits
  const double streamed = load.rows + c.foreign_slots * (load.slots - load.rows);
  const double hidden_bytes = streamed * shape.hidden * element * c.hidden_passes;
  add_stream(program, "permute", c.kernel_time + load.experts * c.expert_time, hidden_bytes / 2);
  static const Names routed = {"quantise", "gate and up", "activation", "quantise inner", "down"};
  add_experts(program, routed, shape, {load.touched, load.rows, load.padded, streamed}, c, options);
  add_stream(program, "combine", c.kernel_time, hidden_bytes / 2);
  if (shape.shared > 0) {
    static const Names shared = {"shared quantise", "shared gate and up", "shared activation",
                                 "shared quantise inner", "shared down"};
    const double rows = load.tokens * shape.shared;
    add_experts(program, shared, shape, {shape.shared, rows, shape.shared * round_up_16(load.tokens), rows},
                c, options);
  }
  return program;
}

Program lower_dense(double m, double n, double k, const Constants& c, const LowerOptions& options) {
  Program program;
  program.graph = options.graph;
  const double weights = n * k * hw::gpu::weight_bytes(options.precision);
  const double resident = options.repeated ? std::max(0.0, 1 - weights / c.l2_size) * c.l2_retention : 0;
  add_quantise(program, "quantise", m * k * element * 1.5, options.precision, c); // read 2 bytes, write 1
  add_product(program, "product", options.precision, {1, m, round_up_16(m), 0}, n, k, resident, c);
  return program;
}

} // namespace moesaic::mappings::gpu
