#include "workloads/request.hpp"

#include <algorithm>
#include <cmath>

#include "workloads/random.hpp"
#include "workloads/trace.hpp"

namespace moesaic::workloads {

double LengthDistribution::at(double share) const {
  static constexpr double shares[] = {0.05, 0.25, 0.5, 0.75, 0.95};
  std::size_t i = 0;
  while (i < 3 && share > shares[i + 1])
    ++i;
  const double part = (share - shares[i]) / (shares[i + 1] - shares[i]);
  return std::max(1.0, percentile[i] * std::pow(percentile[i + 1] / percentile[i], part));
}

double LengthDistribution::mean(int count) const {
  double sum = 0;
  for (int i = 0; i < count; ++i)
    sum += at((i + 0.5) / count);
  return sum / count;
}

double tokens_per_step(int drafts, double acceptance) {
  double sum = 1, chance = 1;
  for (int d = 0; d < drafts; ++d)
    sum += chance *= acceptance;
  return sum;
}

namespace {

/// Decode steps until `length` tokens are out. The last step may yield more than is needed.
double steps_for(double length, const RequestWorkload& workload, Random& random) {
  if (!workload.drawn)
    return length / tokens_per_step(workload.drafts, workload.acceptance);
  double steps = 0;
  for (double out = 0; out < length; ++steps) {
    ++out;
    for (int d = 0; d < workload.drafts && random.happens(workload.acceptance); ++d)
      ++out;
  }
  return steps;
}

/// Prefill batches of whole chunks and of what is left of each prompt.
std::vector<RequestBatch> prefill_batches(const RequestWorkload& workload) {
  std::vector<RequestBatch> batches;
  const int whole = workload.prompt_tokens / workload.prefill_chunk,
            rest = workload.prompt_tokens % workload.prefill_chunk;
  if (whole > 0)
    batches.push_back({"prefill", workload.prefill_chunk, 0, double(whole) * workload.requests});
  if (rest > 0)
    batches.push_back({"prefill", rest, 0, double(workload.requests)});
  return batches;
}

} // namespace

RequestPlan plan_requests(const RequestWorkload& workload, std::uint64_t seed) {
  Random random(seed);
  RequestPlan plan;
  plan.requests = workload.requests;
  plan.prompt_tokens = double(workload.prompt_tokens) * workload.requests;
  double request_steps = 0;
  for (int i = 0; i < workload.requests; ++i) {
    const double length = std::round(workload.output.at((i + 0.5) / workload.requests));
    plan.output_tokens += length;
    request_steps += steps_for(length, workload, random);
  }
  const int step_tokens = workload.concurrent * (1 + workload.drafts);
  plan.verified_tokens = request_steps * (1 + workload.drafts);
  plan.decode_steps = request_steps / workload.concurrent;
  plan.batches = prefill_batches(workload);
  double decode_left = plan.decode_steps;
  if (workload.mixed) {
    std::vector<RequestBatch> alone;
    for (RequestBatch& batch : plan.batches) {
      const double shared = std::min(batch.times, decode_left);
      if (shared < batch.times)
        alone.push_back({"prefill", batch.tokens, 0, batch.times - shared});
      decode_left -= shared;
      batch = {"mixed", batch.tokens + step_tokens, step_tokens, shared};
    }
    plan.batches.insert(plan.batches.end(), alone.begin(), alone.end());
  }
  plan.batches.push_back({"decode", step_tokens, step_tokens, decode_left});
  const auto unused = [](const RequestBatch& batch) { return batch.times <= 0; };
  plan.batches.erase(std::remove_if(plan.batches.begin(), plan.batches.end(), unused), plan.batches.end());
  return plan;
}

std::vector<Routing> batch_traces(const RequestWorkload& workload, const RequestPlan& plan,
                                  std::uint64_t seed) {
  std::vector<Routing> traces;
  for (const auto& batch : plan.batches) {
    TraceOptions options;
    // One seed for all: the same common popularity, from which decode strays by the similarity.
    if (batch.tokens > batch.decode_tokens)
      options.phases.push_back({batch.tokens - batch.decode_tokens, 1});
    if (batch.decode_tokens > 0)
      options.phases.push_back({batch.decode_tokens, workload.similarity});
    Routing routing = generate_trace(workload.layer, options, seed).layers.front();
    traces.push_back(std::move(routing));
  }
  return traces;
}

} // namespace moesaic::workloads
