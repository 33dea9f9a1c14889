// `moesaic fit gpu CSV...`: fits the GPU kernel model to measured rows and scores it with each model left out
// in turn.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>

#include "description/document.hpp"
#include "sim/commands/commands.hpp"
#include "sim/gpu/fit.hpp"
#include "sim/gpu/fit_description.hpp"

namespace moesaic::sim {

namespace {

void print_fit(const GpuFit& fit) {
  fmt::print("\n{}, {}\n  {:26}{:>12}{:>12}{:>12}  {}\n", fit.gpu, fit.engine, "", "fitted", "low", "high",
             "unit");
  for (const FittedConstant& f : fit.fitted) {
    const auto& info = *f.prior.constant;
    fmt::print("  {:26}{:>12.4g}{:>12.4g}{:>12.4g}  {}{}\n", info.name, f.value / info.scale,
               f.low / info.scale, f.high / info.scale, info.unit,
               f.identifiable ? "" : "   not identifiable by these rows: little more than its prior");
  }
  for (const auto& name : fit.untouched)
    fmt::print("  {:26}   not identifiable: no row depends on it, left as described\n", name);
}

void fit_files(const std::vector<std::string>& files, bool write, bool left_out) {
  std::map<std::pair<std::string, std::string>, std::vector<GpuRow>> groups;
  for (const auto& file : files)
    for (const GpuRow& row : read_gpu_rows(file))
      groups[{row.gpu, row.engine}].push_back(row);
  std::vector<GpuCase> all;
  std::vector<GpuPrediction> seen, unseen;
  for (const auto& [name, rows] : groups) {
    const auto cases = prepare_gpu_cases(rows);
    const GpuFit fit = fit_gpu(cases);
    print_fit(fit);
    if (write)
      write_fit(fit);
    for (const GpuCase& c : cases) {
      all.push_back(c);
      seen.push_back(predict(c, fit.constants));
    }
    if (!left_out)
      continue;
    const auto others = predict_left_out(cases);
    unseen.insert(unseen.end(), others.begin(), others.end());
  }
  fmt::print("\nOver the rows fitted to\n{}", score_text(score(all, seen)));
  if (left_out) {
    std::vector<GpuCase> cases;
    std::vector<GpuPrediction> predictions;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (unseen[i].seconds > 0) { // a dense shape that no model's experts have is never left out
        cases.push_back(all[i]);
        predictions.push_back(unseen[i]);
      }
    fmt::print("\nEach model predicted by a fit to the others\n{}", score_text(score(cases, predictions)));
  }
}

} // namespace

void add_fit_command(CLI::App& app) {
  static std::vector<std::string> files;
  static bool write = false, no_score = false;
  CLI::App* verb = app.add_subcommand("fit", "fit constants of a description to measurements");
  verb->require_subcommand(1);
  CLI::App* gpu =
      verb->add_subcommand("gpu", "the GPU kernel model, to CSV files of measured layers and products");
  gpu->add_option("CSV", files, "files with the columns of NVIDIA aiconfigurator's tables")->required();
  gpu->add_flag("--write", write, "write the fitted constants into the GPUs' descriptions in hw/catalog");
  gpu->add_flag("--no-score", no_score, "skip the fits that leave a model out in turn");
  gpu->callback([] { fit_files(files, write, !no_score); });
}

} // namespace moesaic::sim
