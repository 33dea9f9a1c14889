// A request comparison as text and as a table of numbers.
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "description/unit.hpp"
#include "results/interval.hpp"
#include "results/verdict.hpp"
#include "sim/comparison/request.hpp"

namespace moesaic::sim {

namespace {

using results::Interval;

std::string plan_text(const RequestComparison& comparison) {
  const auto& plan = comparison.plan;
  const auto& workload = comparison.workload;
  std::string text = fmt::format(
      "{}: {} requests, {} at a time, {:.0f} prompt and {:.0f} output tokens, {} MoE layers\n", workload.title,
      plan.requests, workload.concurrent, plan.prompt_tokens, plan.output_tokens, workload.layer.moe_layers());
  if (workload.drafts > 0)
    text += fmt::format("  multi-token prediction: {} verified a step and request, {:.1f} % of {:.0f} accepted, {:.3f} "
                        "output tokens a step\n",
                        1 + workload.drafts, 100 * plan.accepted_share(), plan.verified_tokens,
                        plan.output_tokens / (plan.verified_tokens / (1 + workload.drafts)));
  for (const auto& batch : plan.batches)
    text += fmt::format("  {:8} {:.1f} times a batch of {} tokens{}\n", batch.name, batch.times, batch.tokens,
                        batch.decode_tokens > 0 && batch.decode_tokens < batch.tokens
                            ? fmt::format(", {} of them decode", batch.decode_tokens)
                            : "");
  return text;
}

/// What is told of every machine.
std::vector<std::pair<const char*, Interval>> quantities(const RequestComparison& comparison,
                                                         const RequestCost& cost) {
  const auto& plan = comparison.plan;
  const double through = plan.prompt_tokens + plan.verified_tokens;
  std::vector<std::pair<const char*, Interval>> list{
      {"s/request", cost.request_seconds},
      {"s/decode step", cost.step_seconds},
      {"s/accepted token", results::divided(cost.run_seconds, plan.output_tokens)},
      {"J/request", results::divided(cost.joules, plan.requests)},
      {"J/token", results::divided(cost.joules, through)},
      {"J/accepted token", results::divided(cost.joules, plan.output_tokens)}};
  if (cost.resident_joules > 0) {
    const double all = cost.resident_joules / plan.output_tokens;
    list.push_back({"J/accepted token, all layers powered", {all, all, all}});
  }
  return list;
}

/// At the machine's own process node.
const RequestCost* first_gpu(const RequestComparison& comparison, const std::string& machine) {
  for (const auto& cost : comparison.costs)
    if (cost.kind == "gpu" && results::node_of(cost.machine) == results::node_of(machine))
      return &cost;
  return nullptr;
}

} // namespace

std::string request_text(const RequestComparison& comparison) {
  std::string text = plan_text(comparison) + '\n';
  text += fmt::format("{:12} {:>30} {:>26} {:>30} {:>12} {:>22} {:>10} {:>10}\n", "machine", "time/request",
                      "J/request", "J/accepted token", "J/token", "J/acc. all powered", "latency x", "energy x");
  for (const auto& cost : comparison.costs) {
    const RequestCost* gpu = first_gpu(comparison, cost.machine);
    const auto list = quantities(comparison, cost);
    const std::string all =
        cost.resident_joules > 0 ? fmt::format("{} ({:.0f} chips)", format_quantity(list.back().second.nominal, "J"),
                                               cost.chips)
                                 : "not known";
    const auto factor = [&](Interval RequestCost::*what) {
      return gpu ? results::format_factor((cost.*what).nominal / (gpu->*what).nominal) : std::string("-");
    };
    text += fmt::format("{:12} {:>30} {:>26} {:>30} {:>12} {:>22} {:>10} {:>10}\n", cost.machine,
                        results::format_interval(list[0].second, "s"), results::format_interval(list[3].second, "J"),
                        results::format_interval(list[5].second, "J"), format_quantity(list[4].second.nominal, "J"),
                        all, factor(&RequestCost::request_seconds), factor(&RequestCost::joules));
  }
  text += "  The MoE layers alone, one after the other; in parentheses the interval that the constants' confidence "
          "gives.\n  J/token: per token through the layers, prompt and rejected drafts included. All powered: with "
          "the idle power of all\n  chips that hold MoE layers. x: cost relative to the first GPU, below 1 is cheaper "
          "than the GPU.\n";
  return text;
}

std::string request_csv(const RequestComparison& comparison) {
  std::string text = "machine,quantity,value,low,high\n";
  for (const auto& cost : comparison.costs)
    for (const auto& [name, value] : quantities(comparison, cost))
      text += fmt::format("{},\"{}\",{:.9g},{:.9g},{:.9g}\n", cost.machine, name, value.nominal, value.low,
                          value.high);
  return text;
}

} // namespace moesaic::sim
