// Measured MoE layers and dense products beside the kernel model.
#include "sim/validation/gpu.hpp"

#include <cmath>

#include <fmt/format.h>

#include "sim/gpu/fit_problem.hpp"

namespace moesaic::sim {

using results::ValidationRow;

namespace {

void read_measured(const Node& item, PublishedLayer& layer) {
  const Figure latency = item.figure("latency", dimension::time);
  layer.row.seconds = latency.value;
  layer.source = latency.source;
  if (const auto power = item.find_figure("power", dimension::power))
    layer.row.watts = power->value;
}

hw::gpu::Precision precision_of(const Node& item) {
  return static_cast<hw::gpu::Precision>(item.at("precision").choice(hw::gpu::precision_names()));
}

int whole(const Node& map, const char* key) {
  return static_cast<int>(map.at(key).integer_in(1, 1 << 24));
}

PublishedLayer published_product(const Node& item) {
  PublishedLayer layer;
  GpuRow& row = layer.row;
  row.gpu = item.at("gpu").text();
  row.engine = item.at("engine").text();
  row.precision = precision_of(item);
  row.m = row.tokens = whole(item, "m");
  row.n = whole(item, "n");
  row.k = whole(item, "k");
  layer.fitted = item.boolean_or("fitted", false);
  read_measured(item, layer);
  return layer;
}

std::string title(const GpuRow& row) {
  if (row.dense())
    return fmt::format("{} x {} x {}, {}", row.m, row.n, row.k, to_string(row.precision));
  return fmt::format("{}, {}, {} of {}, {} tokens, {}", row.model, to_string(row.precision),
                     row.experts / row.ranks, row.experts, row.tokens, row.distribution);
}

/// Latency, and energy where power was measured. A power reading that the fit left out counts.
void add_rows(const PublishedLayer& layer, std::vector<ValidationRow>& time,
              std::vector<ValidationRow>& energy) {
  const GpuCase measured = prepare_gpu_cases({layer.row}).front();
  const auto& constants = constants_of(layer.row);
  const GpuPrediction p = predict(measured, constants);
  const std::string gpu = fmt::format("{} {}", layer.row.gpu, layer.row.engine),
                    kind = layer.row.dense() ? "dense products" : "MoE layers",
                    fitted = layer.fitted ? " (all fitted)" : "";
  time.push_back({fmt::format("{}, {}, latency{}", gpu, kind, fitted), title(layer.row), "us",
                  p.seconds * 1e6, layer.row.seconds * 1e6, layer.source, layer.fitted});
  if (layer.row.watts <= 0)
    return;
  const bool used = belongs(FitStage::power, measured, constants);
  energy.push_back({fmt::format("{}, {}, board energy (unfitted: the meter had not settled)", gpu, kind),
                    title(layer.row), "mJ", p.joules * 1e3, layer.row.watts * layer.row.seconds * 1e3,
                    layer.source, layer.fitted && used});
}

void validate_layers(const Node& root, std::vector<ValidationRow>& rows) {
  std::vector<ValidationRow> energy;
  for (const auto& layer : published_layers(root))
    add_rows(layer, rows, energy);
  rows.insert(rows.end(), energy.begin(), energy.end());
}

/// Our error beside the other simulator's, who wins in words.
std::string against(double ours, double theirs) {
  return fmt::format("AttAcc {:+.1f} %: {}", 100 * theirs,
                     std::abs(ours) < std::abs(theirs) ? "beaten" : "NOT beaten");
}

void validate_attacc(const Node& root, std::vector<ValidationRow>& rows) {
  static const char* const group = "DeepSeek-V3 layer on H200 beside AttAcc's simulator";
  const auto h200 = [&] {
    for (const auto& layer : published_layers(root))
      if (layer.row.gpu == "h200" && layer.row.model == "deepseek-v3")
        return layer;
    root.at("layers").fail("no DeepSeek-V3 layer on h200 for the comparison with AttAcc");
  }();
  for (const Node& item : root.at("attacc").items()) {
    PublishedLayer layer = h200;
    layer.row.ranks = 1;
    layer.row.distribution = "balanced";
    layer.row.tokens = whole(item, "tokens");
    read_measured(item, layer);
    const GpuPrediction p = predict(prepare_gpu_cases({layer.row}).front(), constants_of(layer.row));
    const double joules = layer.row.watts * layer.row.seconds;
    const double other_seconds = item.figure("attacc_latency", dimension::time).value,
                 other_joules = item.figure("attacc_energy", dimension::energy).value;
    rows.push_back(
        {group,
         fmt::format("{} tokens, latency; {}", layer.row.tokens,
                     against(p.seconds / layer.row.seconds - 1, other_seconds / layer.row.seconds - 1)),
         "ms", p.seconds * 1e3, layer.row.seconds * 1e3, layer.source, layer.fitted});
    rows.push_back({group,
                    fmt::format("{} tokens, energy; {}", layer.row.tokens,
                                against(p.joules / joules - 1, other_joules / joules - 1)),
                    "J", p.joules, joules, layer.source, layer.fitted});
  }
}

} // namespace

std::vector<PublishedLayer> published_layers(const Node& root) {
  std::vector<PublishedLayer> layers;
  for (const Node& group : root.at("layers").items())
    for (const Node& item : group.at("rows").items()) {
      PublishedLayer layer;
      GpuRow& row = layer.row;
      row.gpu = group.at("gpu").text();
      row.engine = group.at("engine").text();
      row.model = group.at("model").text();
      row.precision = precision_of(group);
      const Node shape = group.at("shape");
      row.hidden = whole(shape, "hidden"), row.ffn = whole(shape, "ffn");
      row.top_k = whole(shape, "top_k"), row.experts = whole(shape, "experts");
      row.ranks = whole(item, "ranks"), row.tokens = whole(item, "tokens");
      row.distribution = item.at("loads").text();
      layer.fitted = group.boolean_or("fitted", false);
      read_measured(item, layer);
      layers.push_back(layer);
    }
  for (const Node& item : root.at("products").items())
    layers.push_back(published_product(item));
  return layers;
}

std::vector<ValidationRow> validate_gpu() {
  const Document document = Document::load(catalog_file("results/published", "gpu-moe", "published figures"));
  std::vector<ValidationRow> rows;
  validate_layers(document.root(), rows);
  validate_attacc(document.root(), rows);
  validate_exchange(document.root(), rows);
  validate_systems(document.root(), rows);
  return rows;
}

} // namespace moesaic::sim
