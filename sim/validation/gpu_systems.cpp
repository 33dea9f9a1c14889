// Whole models on GPUs: MoE layers by the kernel model, attention and the rest estimated from their shapes.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "hw/gpu/description.hpp"
#include "mappings/gpu/lower.hpp"
#include "sim/gpu/score.hpp"
#include "sim/validation/gpu.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::sim {

using hw::gpu::Constants;
using hw::gpu::Kernel;
using hw::gpu::Program;
using mappings::gpu::LowerOptions;
using mappings::gpu::RankLoad;
using results::ValidationRow;

namespace {

/// One generation step of the whole model on one GPU.
struct Step {
  double seconds = 0, transfer = 0, joules = 0;
  void add(const Program& program, const Constants& c, double times) {
    const auto cost = program_cost(program, c);
    seconds += times * cost.seconds;
    transfer += times * cost.transfer;
    joules += times * cost.joules;
  }
};

struct System {
  Constants constants;
  workloads::MoeLayer layer;
  LowerOptions options;
  bool split = false; ///< the GPUs share one batch
  double gpus = 1, ranks = 1, experts_a_rank = 0;
  double attention_weights = 0, cache_bytes = 0, context = 0, vocabulary = 0;
  double share() const { return split ? gpus : 1; } ///< of attention and dense weights per GPU
};

System read_system(const Node& node) {
  System s;
  const auto gpu =
      hw::gpu::read_description(Document::load(catalog_file("hw/catalog", node.at("gpu").text(), "machine")));
  s.constants = gpu.constants(gpu.engine_index(node.at("engine").text()));
  s.layer = workloads::load_moe_layer(node.at("model").text());
  s.options.precision =
      static_cast<hw::gpu::Precision>(node.at("precision").choice(hw::gpu::precision_names()));
  s.split = node.at("split").boolean();
  s.gpus = node.at("gpus").number(), s.ranks = node.at("ranks").number();
  s.experts_a_rank = node.number_or("experts_a_rank", 0);
  s.attention_weights = node.at("attention_weights").number();
  s.cache_bytes = node.at("cache_bytes").number(), s.context = node.at("context").number();
  s.vocabulary = node.at("vocabulary").number();
  return s;
}

/// Products of attention take the layer's format, 4- and 8-bit experts bfloat16 attention.
LowerOptions dense_options(const System& s) {
  LowerOptions options = s.options;
  if (options.precision == hw::gpu::Precision::int4 || options.precision == hw::gpu::Precision::int8)
    options.precision = hw::gpu::Precision::bf16;
  return options;
}

void add_dense_ffn(const System& s, double batch, double width, double times, Step& step) {
  if (width == 0)
    return;
  const double hidden = s.layer.hidden;
  step.add(lower_dense(batch, 2 * width / s.share(), hidden, s.constants, dense_options(s)), s.constants,
           times);
  step.add(lower_dense(batch, hidden, width / s.share(), s.constants, dense_options(s)), s.constants, times);
}

/// The two sums over the GPUs that share a batch.
void add_all_reduce(const System& s, double batch, Program& program) {
  for (int sum = 0; s.share() > 1 && sum < 2; ++sum) {
    Kernel& kernel = program.add("all-reduce", hw::gpu::Precision::bf16);
    kernel.fixed = s.constants.kernel_time;
    kernel.transfer = s.constants.nvlink_latency +
                      2 * (s.gpus - 1) / s.gpus * batch * s.layer.hidden * 2 / s.constants.nvlink;
  }
}

void add_attention(const System& s, double batch, Step& step) {
  constexpr double kernels = 7; // norms, rotation, cache, attention, and three more projections
  Program program = lower_dense(batch, s.attention_weights / s.share() / s.layer.hidden, s.layer.hidden,
                                s.constants, dense_options(s));
  Kernel& cache = program.add("key-value cache", hw::gpu::Precision::bf16);
  cache.fixed = kernels * s.constants.kernel_time;
  cache.bytes = cache.memory_bytes = batch * s.context * s.cache_bytes;
  add_all_reduce(s, batch, program);
  step.add(program, s.constants, s.layer.layers);
}

/// Loads of the slowest rank when every rank is handed the whole batch, and of the mean rank in expert
/// parallelism with replicas that even loads out.
std::vector<RankLoad> loads(const System& s, double batch) {
  const double top_k = s.layer.router.top_k;
  if (!s.split) {
    const double rows = batch * top_k, an_expert = std::ceil(rows / s.experts_a_rank / 16) * 16;
    return {{batch * s.ranks, rows * s.ranks, s.experts_a_rank, rows, s.experts_a_rank,
             an_expert * s.experts_a_rank, batch}};
  }
  GpuRow row;
  row.top_k = s.layer.router.top_k, row.experts = s.layer.routed;
  row.tokens = static_cast<int>(batch), row.ranks = static_cast<int>(s.ranks);
  row.distribution = s.layer.load_alpha > 0 ? fmt::format("power_law_{}", s.layer.load_alpha) : "balanced";
  return loads_of(row);
}

void add_experts(const System& s, double batch, Step& step) {
  LowerOptions options = s.options;
  options.ranks = s.split ? 1 : s.ranks;
  const auto all = loads(s, batch);
  for (const RankLoad& load : all) {
    const mappings::gpu::LayerShape shape{double(s.layer.hidden), double(s.layer.expert_ffn),
                                          double(s.layer.routed), s.split ? 0 : double(s.layer.shared)};
    step.add(lower(shape, load, s.constants, options), s.constants,
             s.layer.moe_layers() / double(all.size()));
  }
  if (s.split)
    add_dense_ffn(s, batch, double(s.layer.shared) * s.layer.expert_ffn, s.layer.moe_layers(), step);
}

Step estimate(const System& s, double batch) {
  Step step;
  add_attention(s, batch, step);
  add_experts(s, batch, step);
  add_dense_ffn(s, batch, s.layer.dense_ffn, s.layer.dense_layers, step);
  LowerOptions head = s.options;
  head.precision = hw::gpu::Precision::bf16;
  step.add(lower_dense(batch, s.vocabulary / s.share(), s.layer.hidden, s.constants, head), s.constants, 1);
  return step;
}

} // namespace

void validate_systems(const Node& root, std::vector<ValidationRow>& rows) {
  for (const Node& node : root.at("systems").items()) {
    const System s = read_system(node);
    const std::string group = node.at("name").text() + " (attention and the rest estimated; no host)";
    for (const Node& item : node.at("rows").items()) {
      const double batch = item.at("batch").number();
      const Step step = estimate(s, batch);
      if (const auto rate = item.find_figure("rate", dimension::frequency)) {
        const auto add = [&](const char* what, double seconds) {
          rows.push_back({group, fmt::format("{} tokens a GPU, {}", batch, what), "tokens/s",
                          s.gpus * batch / seconds, rate->value, rate->source, false});
        };
        add("exchange not hidden", step.seconds);
        add("exchange hidden", std::max(step.seconds - step.transfer, step.transfer));
      }
      if (const auto energy = item.find_figure("energy", dimension::energy))
        rows.push_back({group, fmt::format("batch {}, board energy of {} GPUs", batch, s.gpus), "J/token",
                        s.gpus * step.joules / batch, energy->value, energy->source, false});
    }
  }
}

} // namespace moesaic::sim
