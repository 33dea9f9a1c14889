// `moesaic validate [SUBJECT]`: every published measurement beside what is simulated for it.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <functional>
#include <map>

#include "sim/commands/commands.hpp"
#include "results/json_text.hpp"
#include "sim/validation/gpu.hpp"
#include "sim/validation/noc.hpp"
#include "sim/validation/validate.hpp"

namespace moesaic::sim {

namespace {

using results::ValidationRow;

struct Subject {
  const char* name;
  std::vector<ValidationRow> (*rows_of)();
  bool one_kind; ///< its rows are of one kind, so that a mean over all that count means something
};

const std::vector<Subject>& subjects() {
  // The other two set alternatives beside each other: our micro-programs beside the vendor's, energies beside readings.
  static const std::vector<Subject> list = {{"neuromorphic", validate_neuromorphic, true},
                                            {"associative", validate_associative, false},
                                            {"gpu", validate_gpu, false},
                                            {"noc", validate_noc, true}};
  return list;
}

/// Mean and largest error over the rows that nothing was fitted to, of one group or of all.
std::string summary(const std::vector<ValidationRow>& rows, const std::string* group) {
  double sum = 0, largest = 0;
  int counted = 0, fitted = 0, apart = 0, over = 0;
  for (const auto& row : rows) {
    if (group && row.group != *group)
      continue;
    fitted += row.fitted;
    apart += !row.fitted && !row.counts();
    if (!row.counts())
      continue;
    const double error = std::abs(row.error());
    sum += error;
    largest = std::max(largest, error);
    over += error > 0.25;
    ++counted;
  }
  std::string text = counted == 0 ? "nothing here counts as validation"
                                  : fmt::format("mean error {:.1f} %, largest {:.1f} %, over {} figure{}",
                                                100 * sum / counted, 100 * largest, counted, counted == 1 ? "" : "s");
  if (!group)
    text += fmt::format(", {} of them more than 25 % off", over);
  text += fitted ? fmt::format("; {} more were fitted to and do not count", fitted) : "";
  return text + (apart ? fmt::format("; {} more do not count for the reason beside them", apart) : "");
}

void print_table(const std::vector<ValidationRow>& rows) {
  std::size_t width = 20;
  for (const auto& row : rows)
    width = std::max(width, row.what.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    if (i == 0 || rows[i - 1].group != row.group)
      fmt::print("\n{}\n  {:{}} {:>12} {:>12} {:>9}  {:12} {}\n", row.group, "", width, "simulated",
                 "published", "error", "unit", "source");
    fmt::print("  {:{}} {:>12.5g} {:>12.5g} {:>+8.1f}%  {:12} {}{}\n", row.what, width, row.simulated,
               row.published, 100 * row.error(), row.unit, row.source,
               row.fitted ? " (fitted)" : row.apart.empty() ? "" : fmt::format(" ({})", row.apart));
    if (i + 1 == rows.size() || rows[i + 1].group != row.group)
      fmt::print("  {}\n", summary(rows, &row.group));
  }
}

/// All of a subject: mean and largest error of what counts.
void print_total(const char* subject, const std::vector<ValidationRow>& rows) {
  fmt::print("\n{}, all that counts: {}\n", subject, summary(rows, nullptr));
}

void print_json(const std::vector<ValidationRow>& rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& row : rows)
    list.push_back({{"group", row.group},
                    {"what", row.what},
                    {"unit", row.unit},
                    {"simulated", row.simulated},
                    {"published", row.published},
                    {"error", row.error()},
                    {"source", row.source},
                    {"fitted", row.fitted},
                    {"apart", row.apart},
                    {"counts", row.counts()}});
  fmt::print("{}\n", results::json_document(list));
}

void add_gpu_options(CLI::App& subject, GpuDataOptions& options) {
  subject.add_option(
      "--data", options.data,
      "score a CSV file of measured layers or products instead (columns: docs/gpu-baseline.md)");
  subject.add_option("--rows", options.rows, "write every row with its prediction into this CSV file");
  subject.add_option("--picture", options.picture, "draw predicted against measured into this SVG file");
  subject
      .add_flag("--left-out", options.left_out,
                "with --data: also fit without each model in turn, and score it")
      ->needs("--data");
}

} // namespace

void add_validate_command(CLI::App& app) {
  static bool json = false;
  static GpuDataOptions gpu;
  CLI::App* verb =
      app.add_subcommand("validate", "simulate every published measurement and print the errors");
  verb->add_flag("--json", json, "print the rows as JSON");
  verb->require_subcommand(0, 1);
  for (const auto& [name, rows_of, one_kind] : subjects()) {
    CLI::App* subject = verb->add_subcommand(name, fmt::format("the {} figures alone", name));
    subject->add_flag("--json", json, "print the rows as JSON");
    if (std::string(name) == "gpu")
      add_gpu_options(*subject, gpu);
  }
  verb->callback([verb] {
    gpu.json = json;
    if (!gpu.data.empty() || !gpu.picture.empty() || !gpu.rows.empty())
      validate_gpu_data(gpu);
    if (!gpu.data.empty())
      return;
    std::vector<ValidationRow> rows;
    for (const auto& [name, rows_of, one_kind] : subjects()) {
      if (!verb->get_subcommands().empty() && verb->get_subcommands().front()->get_name() != name)
        continue;
      const auto more = rows_of();
      if (!json) {
        print_table(more);
        if (one_kind)
          print_total(name, more);
      }
      rows.insert(rows.end(), more.begin(), more.end());
    }
    if (json)
      print_json(rows);
  });
}

} // namespace moesaic::sim
