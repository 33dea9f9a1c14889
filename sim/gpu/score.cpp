#include "sim/gpu/score.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/document.hpp"
#include "hw/gpu/description.hpp"
#include "mappings/gpu/lower.hpp"
#include "results/json_text.hpp"

namespace moesaic::sim {

std::vector<GpuCase> prepare_gpu_cases(const std::vector<GpuRow>& rows) {
  std::vector<GpuCase> cases;
  for (const GpuRow& row : rows)
    cases.push_back({row, row.dense() ? std::vector<mappings::gpu::RankLoad>{} : loads_of(row)});
  return cases;
}

GpuPrediction predict(const GpuCase& measured, const hw::gpu::Constants& constants) {
  const GpuRow& row = measured.row;
  mappings::gpu::LowerOptions options;
  options.precision = row.precision;
  options.router = false; // rows are given router logits
  options.repeated = true;
  if (row.dense()) {
    // vLLM's block-scaled products are not captured in a graph: small ones wait for the host.
    options.graph = row.precision != hw::gpu::Precision::fp8_block;
    const auto cost =
        program_cost(mappings::gpu::lower_dense(row.m, row.n, row.k, constants, options), constants);
    return {cost.seconds, cost.joules};
  }
  GpuPrediction mean;
  for (const auto& load : measured.loads) {
    const mappings::gpu::LayerShape shape{double(row.hidden), double(row.ffn), double(row.experts), 0};
    const auto cost = program_cost(mappings::gpu::lower(shape, load, constants, options), constants);
    mean.seconds += cost.seconds / static_cast<double>(measured.loads.size());
    mean.joules += cost.joules / static_cast<double>(measured.loads.size());
  }
  return mean;
}

const hw::gpu::Constants& constants_of(const GpuRow& row) {
  static std::map<std::pair<std::string, std::string>, hw::gpu::Constants> known;
  const std::string engine = row.engine.substr(0, row.engine.find('-'));
  const auto key = std::make_pair(row.gpu, engine);
  if (const auto it = known.find(key); it != known.end())
    return it->second;
  const auto gpu = hw::gpu::read_description(Document::load(catalog_file("hw/catalog", row.gpu, "machine")));
  const auto at = std::find(gpu.engines.begin(), gpu.engines.end(), engine);
  return known[key] =
             gpu.constants(at == gpu.engines.end() ? 0 : static_cast<std::size_t>(at - gpu.engines.begin()));
}

bool power_settled(const GpuCase& measured, const hw::gpu::Constants& c) {
  constexpr int settled_tokens = 96;
  const GpuRow& row = measured.row;
  if (row.watts <= 0 || row.tokens < settled_tokens)
    return false;
  double weights = static_cast<double>(row.n) * row.k;
  if (!row.dense())
    weights = 3.0 * row.hidden * row.ffn * measured.loads.front().touched;
  const double bandwidth = weights * hw::gpu::weight_bytes(row.precision) / row.seconds;
  return bandwidth < 0.5 * c.memory_bandwidth || row.watts > 0.5 * c.power_limit;
}

namespace {

std::string token_range(const GpuRow& row) {
  if (row.tokens <= 16)
    return "1 to 16 tokens";
  if (row.tokens <= 256)
    return "17 to 256 tokens";
  if (row.tokens <= 2048)
    return "257 to 2048 tokens";
  return "more than 2048 tokens";
}

double quantile(std::vector<double> values, double share) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double above = values[std::min(below + 1, values.size() - 1)];
  return values[below] + (above - values[below]) * (place - static_cast<double>(below));
}

GpuScore score_group(const std::string& group, const std::vector<GpuCase>& cases,
                     const std::vector<GpuPrediction>& predictions,
                     const std::function<bool(const GpuCase&)>& belongs) {
  std::vector<double> errors, signed_errors, energy;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const GpuRow& row = cases[i].row;
    if (!belongs(cases[i]))
      continue;
    signed_errors.push_back(predictions[i].seconds / row.seconds - 1);
    errors.push_back(std::abs(signed_errors.back()));
    if (row.watts > 0)
      energy.push_back(std::abs(predictions[i].joules / (row.watts * row.seconds) - 1));
  }
  return {group,
          static_cast<int>(errors.size()),
          quantile(errors, 0.5),
          quantile(errors, 0.9),
          quantile(signed_errors, 0.5),
          static_cast<int>(energy.size()),
          quantile(energy, 0.5),
          quantile(energy, 0.9)};
}

} // namespace

std::vector<GpuScore> score(const std::vector<GpuCase>& cases,
                            const std::vector<GpuPrediction>& predictions) {
  using Name = std::string (*)(const GpuRow&);
  static const std::vector<Name> groupings = {
      [](const GpuRow& r) -> std::string { return r.dense() ? "all dense products" : "all layers"; },
      [](const GpuRow& r) { return fmt::format("{} {}{}", r.gpu, r.engine, r.dense() ? " dense" : ""); },
      [](const GpuRow& r) { return r.dense() ? fmt::format("dense {} x {}", r.n, r.k) : r.model; },
      [](const GpuRow& r) { return fmt::format("{}{}", to_string(r.precision), r.dense() ? " dense" : ""); },
      [](const GpuRow& r) { return fmt::format("{} ranks", r.ranks); },
      [](const GpuRow& r) { return token_range(r); }};
  std::vector<GpuScore> scores;
  for (const Name name : groupings) {
    std::vector<std::string> seen;
    for (const GpuCase& c : cases)
      if (std::find(seen.begin(), seen.end(), name(c.row)) == seen.end())
        seen.push_back(name(c.row));
    for (const auto& group : seen)
      scores.push_back(
          score_group(group, cases, predictions, [&](const GpuCase& c) { return name(c.row) == group; }));
  }
  scores.push_back(score_group("settled power readings", cases, predictions,
                               [](const GpuCase& c) { return power_settled(c, constants_of(c.row)); }));
  if (scores.back().rows == 0)
    scores.pop_back();
  return scores;
}

std::string score_text(const std::vector<GpuScore>& scores) {
  std::string text = fmt::format("{:32}{:>6}{:>10}{:>10}{:>10}{:>8}{:>10}{:>10}\n", "latency, energy: error",
                                 "rows", "median", "90th", "bias", "power", "median", "90th");
  for (const auto& s : scores) {
    text += fmt::format("{:32}{:>6}{:>9.1f}%{:>9.1f}%{:>+9.1f}%", s.group, s.rows, 100 * s.median,
                        100 * s.ninth_decile, 100 * s.bias);
    if (s.energy_rows > 0)
      text += fmt::format("{:>8}{:>9.1f}%{:>9.1f}%", s.energy_rows, 100 * s.energy_median,
                          100 * s.energy_ninth_decile);
    text += "\n";
  }
  return text;
}

std::string score_json(const std::vector<GpuScore>& scores) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& s : scores) {
    nlohmann::ordered_json item = {{"group", s.group},
                                   {"rows", s.rows},
                                   {"latency_median_error", s.median},
                                   {"latency_90th_percentile_error", s.ninth_decile},
                                   {"latency_bias", s.bias},
                                   {"energy_rows", s.energy_rows}};
    if (s.energy_rows > 0) {
      item["energy_median_error"] = s.energy_median;
      item["energy_90th_percentile_error"] = s.energy_ninth_decile;
    }
    list.push_back(item);
  }
  return results::json_document(list) + "\n";
}

std::string score_rows_header() {
  return "fit,gpu,engine,model,dtype,ep,distribution,tokens,n,k,measured_ms,predicted_ms,measured_j,"
         "predicted_j\n";
}

std::string score_rows_csv(const std::string& fit, const std::vector<GpuCase>& cases,
                           const std::vector<GpuPrediction>& predictions) {
  std::string text;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const GpuRow& row = cases[i].row;
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{:.6g},{:.6g},{},{:.6g}\n", fit, row.gpu, row.engine,
                        row.model, to_string(row.precision), row.ranks, row.distribution,
                        row.dense() ? row.m : row.tokens, row.dense() ? row.n : 2 * row.ffn,
                        row.dense() ? row.k : row.hidden, 1e3 * row.seconds, 1e3 * predictions[i].seconds,
                        row.watts > 0 ? fmt::format("{:.6g}", row.watts * row.seconds) : "",
                        predictions[i].joules);
  }
  return text;
}

} // namespace moesaic::sim
