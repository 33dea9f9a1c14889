// Requests: what serving a model asks of its MoE layers, from prompt to last token, with and without
// multi-token prediction.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "workloads/moe_layer.hpp"
#include "workloads/routing.hpp"

namespace moesaic::workloads {

/// Output lengths by their 5th, 25th, 50th, 75th and 95th percentile.
struct LengthDistribution {
  std::array<double, 5> percentile{};

  /// The length at `share` in [0, 1]: logarithmic between the percentiles, the outer segments carried on to 0
  /// and 1 (an assumption of this project). At least 1 token.
  double at(double share) const;
  /// Mean over `count` requests taken at the middles of equal shares.
  double mean(int count) const;
};

/// `kind: request` in workloads/catalog.
struct RequestWorkload {
  std::string name, title;
  MoeLayer layer;           ///< of the model that serves
  int prompt_tokens = 0;    ///< per request; 0: decode only
  int prefill_chunk = 2048; ///< prompt tokens per prefill batch
  bool mixed = false;       ///< a prefill chunk shares its batch with a decode step (chunked prefill)
  LengthDistribution output;
  int requests = 0;      ///< in the whole run
  int concurrent = 1;    ///< decoded together; a finished one is replaced at once (continuous batching)
  int drafts = 0;        ///< tokens that multi-token prediction proposes per step, 0: none
  double acceptance = 0; ///< chance that a draft is accepted, given that those before it were
  bool drawn = false;    ///< acceptance drawn per step with the seed instead of by its expectation
  double similarity = 1; ///< of decode's expert popularity to prefill's, see TracePhase
};

/// Reads a catalog entry or a .yaml file of `kind: request`. Throws InputError.
RequestWorkload load_request(const std::string& name_or_file);

/// The `kind` of a catalog entry or .yaml file ("moe", "request", ...); "moe" for a .json config.
std::string workload_kind(const std::string& name_or_file);

/// One batch shape that a layer sees.
struct RequestBatch {
  std::string name;      ///< "prefill", "decode", "mixed"
  int tokens = 0;        ///< through the layer at once, drafts included
  int decode_tokens = 0; ///< of these, tokens of decode steps
  double times = 0;      ///< how often it runs
};

struct RequestPlan {
  std::vector<RequestBatch> batches;
  double prompt_tokens = 0;   ///< of all requests
  double output_tokens = 0;   ///< accepted ones, of all requests
  double verified_tokens = 0; ///< that went through decode steps, accepted or not
  double decode_steps = 0;
  int requests = 0;

  /// Output tokens per token that went through a decode step; 1 without drafts.
  double accepted_share() const { return verified_tokens == 0 ? 0 : output_tokens / verified_tokens; }
};

/// Tokens that a decode step yields on average: 1 + p + p^2 + ... up to `drafts`.
double tokens_per_step(int drafts, double acceptance);

RequestPlan plan_requests(const RequestWorkload& workload, std::uint64_t seed);

/// A seeded trace for each batch of the plan; prefill and decode correlate by the workload's similarity.
std::vector<Routing> batch_traces(const RequestWorkload& workload, const RequestPlan& plan,
                                  std::uint64_t seed);

} // namespace moesaic::workloads
