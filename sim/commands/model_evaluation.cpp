#include "sim/commands/model_evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/error.hpp"
#include "sim/machine/machine.hpp"
#include "sim/pool/worker_pool.hpp"
#include "workloads/reference.hpp"

namespace moesaic::sim {

namespace {

using workloads::LanguageModel;
using workloads::Matrix;
using workloads::NumberFormat;
using workloads::Precision;
using Outputs = std::vector<std::vector<double>>;

/// One way to compute the MoE layers: a machine, a precision, or neither (the reference).
struct Variant {
  std::string name, numbers;
  std::shared_ptr<Machine> machine;
  bool approximate = false;
  Precision precision;
};

std::vector<Variant> variants_of(const EvaluationRequest& request, const LanguageModel& model) {
  std::vector<Variant> variants{{"reference", "fp32 router, double", nullptr, false, {}}};
  const auto add = [&](NumberFormat weights, NumberFormat activations,
                       workloads::ActivationSparsity sparsity = {}, const std::string& what = "") {
    Precision precision;
    precision.weights = weights;
    precision.activations = activations;
    precision.sparsity = sparsity;
    variants.push_back({std::string(workloads::to_string(weights)) + what,
                        fmt::format("weights {}, activations {}", workloads::to_string(weights),
                                    workloads::to_string(activations)),
                        nullptr, true, precision});
  };
  add(NumberFormat::bf16, NumberFormat::bf16);
  add(NumberFormat::fp8_e4m3, NumberFormat::fp8_e4m3);
  for (const auto weights : {NumberFormat::int8, NumberFormat::int4, NumberFormat::ternary, NumberFormat::binary})
    add(weights, NumberFormat::int8);
  using Kind = workloads::ActivationSparsity::Kind;
  for (const double threshold : {0.01, 0.03, 0.1, 0.3})
    add(NumberFormat::int8, NumberFormat::int8, {Kind::threshold, threshold, 0},
        fmt::format(", below {} dropped", threshold));
  for (const int divisor : {2, 4, 8})
    add(NumberFormat::int8, NumberFormat::int8, {Kind::top_n, 0, std::max(1, model.layer.expert_ffn / divisor)},
        fmt::format(", largest {} of {}", std::max(1, model.layer.expert_ffn / divisor), model.layer.expert_ffn));
  for (const auto& name : request.machines) {
    std::shared_ptr<Machine> machine = make_machine(name);
    if (std::string(machine->kind()) == "gpu")
      throw InputError(fmt::format("{}: values are not supported on a GPU baseline: it is an analytic model; the "
                                   "bf16 and fp8_e4m3 rows show its number formats",
                                   name));
    variants.push_back({machine->name(), "its own mapped program", machine, false, {}});
  }
  return variants;
}

/// What a variant did over one window.
struct Tally {
  std::vector<double> losses;
  double choices = 0, other_choices = 0, values = 0, events = 0;
};

workloads::Routing route_states(const LanguageModel& model, int block, const Matrix& hidden) {
  const auto& moe = model.blocks[static_cast<std::size_t>(block)].moe;
  return workloads::route(model.layer.router, model.layer.routed, hidden.rows,
                          workloads::router_logits(model.layer, moe, hidden), moe.router_bias);
}

/// Choices of one token that the reference's router did not make.
int other_choices(const workloads::Routing& routing, int token, const std::vector<std::int32_t>& chosen) {
  int others = 0;
  for (const std::int32_t e : chosen) {
    bool found = false;
    for (int k = 0; k < routing.top_k; ++k)
      found = found || routing.expert_of(token, k) == e;
    others += !found;
  }
  return others;
}

/// Values of activated vectors in all and those that `sparsity` leaves, on the reference's numbers.
void count_events(const LanguageModel& model, const workloads::MoeWeights& moe, const Matrix& hidden,
                  const workloads::Routing& routing, const workloads::ActivationSparsity& sparsity,
                  Tally& tally) {
  for (int t = 0; t < hidden.rows; ++t)
    for (int k = 0; k < routing.top_k; ++k) {
      const auto& expert = moe.experts[static_cast<std::size_t>(routing.expert_of(t, k))];
      auto inner = run_expert(model.layer.activation, expert, workloads::token_state(hidden, t)).activated;
      tally.values += static_cast<double>(inner.size());
      tally.events += workloads::sparsify(sparsity, inner);
    }
}

Outputs run_layer_of(const Variant& variant, const LanguageModel& model, int block, const Matrix& hidden,
                     const Matrix& calibration, Tally& tally) {
  const auto& moe = model.blocks[static_cast<std::size_t>(block)].moe;
  if (variant.machine) {
    const auto values = variant.machine->layer_values(model.layer, {moe, hidden, calibration});
    const auto routing = route_states(model, block, hidden);
    for (int t = 0; t < hidden.rows; ++t) {
      tally.choices += routing.top_k;
      tally.other_choices += other_choices(routing, t, values.choices[static_cast<std::size_t>(t)]);
    }
    return values.output;
  }
  if (!variant.approximate)
    return run_reference(model.layer, moe, hidden).output;
  const auto routing = route_states(model, block, hidden);
  if (variant.precision.sparsity.kind != workloads::ActivationSparsity::Kind::none)
    count_events(model, moe, hidden, routing, variant.precision.sparsity, tally);
  Outputs outputs;
  for (auto& token : approximate_layer(model.layer, moe, hidden, routing, variant.precision))
    outputs.push_back(std::move(token.nominal));
  return outputs;
}

Tally run_window(const Variant& variant, const LanguageModel& model, const std::string& window,
                 const std::vector<Matrix>& calibration) {
  Tally tally;
  tally.losses = byte_losses(model, window, [&](int block, const Matrix& hidden) {
    return run_layer_of(variant, model, block, hidden, calibration[static_cast<std::size_t>(block)], tally);
  });
  return tally;
}

/// The hidden states that each block's MoE layer sees in `window`.
std::vector<Matrix> layer_inputs(const LanguageModel& model, const std::string& window) {
  std::vector<Matrix> inputs;
  const auto reference = reference_moe(model);
  byte_losses(model, window, [&](int block, const Matrix& hidden) {
    inputs.push_back(hidden);
    return reference(block, hidden);
  });
  return inputs;
}

EvaluationRow row_of(const Variant& variant, const Tally& tally, const Tally& reference) {
  EvaluationRow row;
  row.name = variant.name;
  row.numbers = variant.numbers;
  const auto count = static_cast<double>(tally.losses.size());
  double sum = 0, square = 0;
  for (std::size_t i = 0; i < tally.losses.size(); ++i) {
    const double difference = tally.losses[i] - reference.losses[i];
    row.cross_entropy += tally.losses[i] / count;
    sum += difference;
    square += difference * difference;
  }
  row.difference = sum / count;
  row.deviation = std::sqrt(std::max(0.0, square / count - row.difference * row.difference) / count);
  row.other_choices = tally.choices > 0 ? tally.other_choices / tally.choices : 0;
  row.events = tally.values > 0 ? tally.events / tally.values : 1;
  return row;
}

} // namespace

std::vector<EvaluationRow> evaluate_model(const EvaluationRequest& request) {
  const LanguageModel model = workloads::load_language_model(request.model);
  const auto windows = text_windows(model, request.text);
  const auto count = static_cast<std::size_t>(request.windows);
  if (windows.size() < count + 1)
    throw InputError(fmt::format("the text holds {} windows of {} bytes, {} are needed: the last one calibrates",
                                 windows.size(), model.context + 1, count + 1));
  const auto variants = variants_of(request, model);
  const auto calibration = layer_inputs(model, windows.back());
  std::vector<std::string> tasks;
  for (std::size_t i = 0; i < variants.size() * count; ++i)
    tasks.push_back(std::to_string(i));
  const auto job = [&](const std::string& task) {
    const std::size_t i = std::stoul(task);
    const Tally tally = run_window(variants[i / count], model, windows[i % count], calibration);
    return nlohmann::json{tally.losses, tally.choices, tally.other_choices, tally.values, tally.events}.dump();
  };
  std::vector<std::vector<Tally>> tallies(variants.size(), std::vector<Tally>(count));
  run_in_workers(tasks, available_cores(), job, [&](std::size_t i, const Outcome& outcome) {
    if (outcome.kind == Outcome::Kind::input_error)
      throw InputError(outcome.text);
    if (outcome.kind != Outcome::Kind::done)
      throw std::runtime_error(
          fmt::format("{}: {}: {}", variants[i / count].name, to_string(outcome.kind), outcome.text));
    const auto json = nlohmann::json::parse(outcome.text);
    tallies[i / count][i % count] = {json[0].get<std::vector<double>>(), json[1], json[2], json[3], json[4]};
  });
  std::vector<EvaluationRow> rows;
  std::vector<Tally> whole(variants.size());
  for (std::size_t v = 0; v < variants.size(); ++v) {
    for (const Tally& part : tallies[v]) {
      whole[v].losses.insert(whole[v].losses.end(), part.losses.begin(), part.losses.end());
      whole[v].choices += part.choices;
      whole[v].other_choices += part.other_choices;
      whole[v].values += part.values;
      whole[v].events += part.events;
    }
    rows.push_back(row_of(variants[v], whole[v], whole[0]));
  }
  return rows;
}

std::string evaluation_table(const std::vector<EvaluationRow>& rows) {
  std::string text = fmt::format("{:28} {:36} {:>11} {:>22} {:>14} {:>7}\n", "MoE layers", "numbers", "nats a byte",
                                 "beside the reference", "other experts", "events");
  for (const auto& row : rows)
    text += fmt::format("{:28} {:36} {:>11.4f} {:>+11.4f} +- {:>7.4f} {:>12.2f} % {:>5.0f} %\n", row.name,
                        row.numbers, row.cross_entropy, row.difference, row.deviation, 100 * row.other_choices,
                        100 * row.events);
  return text;
}

} // namespace moesaic::sim
