// `moesaic validate gpu --data FILE.csv`: the kernel model of the catalog scored over a file of measurements.
#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/error.hpp"
#include "results/json_text.hpp"
#include "sim/gpu/fit.hpp"
#include "sim/validation/gpu.hpp"

namespace moesaic::sim {

namespace {

/// Rows with their predictions.
struct Scored {
  const char* title;
  const char* key;
  std::vector<GpuCase> cases;
  std::vector<GpuPrediction> predictions;
  void add(const GpuCase& measured, const GpuPrediction& prediction) {
    cases.push_back(measured);
    predictions.push_back(prediction);
  }
};

/// Whether the catalog's constants were fitted to rows of this GPU, engine and model.
bool fitted_to(const Node& published, const GpuRow& row) {
  for (const Node& item : published.at("fitted_to").items()) {
    if (item.at("gpu").text() != row.gpu || item.at("engine").text() != row.engine)
      continue;
    if (row.dense())
      return true;
    for (const Node& model : item.at("models").items())
      if (model.text() == row.model)
        return true;
  }
  return false;
}

void add_left_out(const std::vector<GpuRow>& rows, Scored& scored) {
  std::vector<std::pair<std::string, std::string>> groups;
  for (const auto& row : rows)
    if (std::find(groups.begin(), groups.end(), std::pair(row.gpu, row.engine)) == groups.end())
      groups.emplace_back(row.gpu, row.engine);
  for (const auto& group : groups) {
    std::vector<GpuRow> own;
    for (const auto& row : rows)
      if (std::pair(row.gpu, row.engine) == group)
        own.push_back(row);
    const auto cases = prepare_gpu_cases(own);
    const auto predictions = predict_left_out(cases);
    for (std::size_t i = 0; i < cases.size(); ++i)
      if (predictions[i].seconds > 0) // a dense shape that no model's experts have is never left out
        scored.add(cases[i], predictions[i]);
  }
}

void write(const std::string& file, const std::string& text) {
  std::ofstream out(file);
  out << text;
  if (!out.flush())
    throw InputError(fmt::format("{}: cannot be written", file));
}

void draw(const std::string& file, const std::vector<Scored>& all) {
  std::vector<GpuCase> cases;
  std::vector<GpuPrediction> predictions;
  for (const Scored& scored : {all[0], all[1]}) {
    cases.insert(cases.end(), scored.cases.begin(), scored.cases.end());
    predictions.insert(predictions.end(), scored.predictions.begin(), scored.predictions.end());
  }
  write(file, score_svg(cases, predictions));
}

void write_rows(const std::string& file, const std::vector<Scored>& all) {
  std::string text = score_rows_header();
  for (const Scored& scored : all)
    text += score_rows_csv(scored.key, scored.cases, scored.predictions);
  write(file, text);
}

void print(const std::vector<Scored>& all, bool json) {
  nlohmann::ordered_json document = nlohmann::ordered_json::object();
  for (const Scored& scored : all) {
    if (scored.cases.empty())
      continue;
    const auto scores = score(scored.cases, scored.predictions);
    if (json)
      document[scored.key] = nlohmann::ordered_json::parse(score_json(scores));
    else
      fmt::print("\n{}\n{}", scored.title, score_text(scores));
  }
  if (json)
    fmt::print("{}\n", results::json_document(document));
}

} // namespace

void validate_gpu_data(const GpuDataOptions& options) {
  const Document published =
      Document::load(catalog_file("results/published", "gpu-moe", "published figures"));
  std::vector<GpuRow> rows;
  if (options.data.empty())
    for (const auto& layer : published_layers(published.root()))
      rows.push_back(layer.row);
  else
    rows = read_gpu_rows(options.data);
  std::vector<Scored> all = {
      {"The catalog's constants, over rows that they were fitted to (no validation)", "fitted", {}, {}},
      {"The catalog's constants, over rows that they never saw", "unseen", {}, {}},
      {"Each model predicted by a fit to the other models of this file", "left_out", {}, {}}};
  for (const GpuCase& c : prepare_gpu_cases(rows))
    all[fitted_to(published.root(), c.row) ? 0 : 1].add(c, predict(c, constants_of(c.row)));
  if (options.left_out)
    add_left_out(rows, all[2]);
  if (!options.picture.empty())
    draw(options.picture, all);
  if (!options.rows.empty())
    write_rows(options.rows, all);
  if (!options.data.empty())
    print(all, options.json);
}

} // namespace moesaic::sim
