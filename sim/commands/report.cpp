// `moesaic report RUN...`: the page, CSV or JSON of runs that were made before.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "description/error.hpp"
#include "results/csv.hpp"
#include "results/json.hpp"
#include "results/report_page.hpp"
#include "results/run_folder.hpp"
#include "sim/commands/commands.hpp"

namespace moesaic::sim {

namespace {

struct Options {
  std::vector<std::string> runs;
  std::string format = "html", output;
};

std::vector<results::RunRecord> all_records(const std::vector<results::Run>& runs) {
  std::vector<results::RunRecord> records;
  for (const auto& run : runs)
    records.insert(records.end(), run.records.begin(), run.records.end());
  return records;
}

std::string json_list(const std::vector<results::Run>& runs) {
  if (runs.size() == 1)
    return results::to_json(runs[0]) + '\n';
  std::string text = "[";
  for (const auto& run : runs)
    text += (text.size() > 1 ? ",\n" : "") + results::to_json(run);
  return text + "]\n";
}

std::string report(const Options& options, const std::vector<results::Run>& runs) {
  if (options.format == "json")
    return json_list(runs);
  if (options.format == "csv")
    return results::summary_csv(all_records(runs));
  if (options.format == "actions")
    return results::actions_csv(all_records(runs));
  return results::report_page(runs);
}

/// Where the page goes when nobody says: into the run folder it is of.
std::string page_file(const Options& options) {
  if (options.runs.size() == 1 && std::filesystem::is_directory(options.runs[0]))
    return (std::filesystem::path(options.runs[0]) / "report.html").string();
  throw InputError("report: the page of several runs needs a place: --output FILE.html");
}

void run_report(const Options& options) {
  std::vector<results::Run> runs;
  for (const auto& path : options.runs)
    runs.push_back(results::load_run(path));
  const bool page = options.format == "html";
  const std::string file = options.output.empty() && page ? page_file(options) : options.output;
  const std::string text = report(options, runs);
  if (file.empty()) {
    fmt::print("{}", text);
    return;
  }
  results::write_file(file, text);
  fmt::print("{}  {}\n", page ? "report page" : options.format, file);
}

} // namespace

void add_report_command(CLI::App& app) {
  const auto options = std::make_shared<Options>(); // lives as long as the callback that holds it
  CLI::App* verb = app.add_subcommand("report", "make the page, CSV or JSON of one or several runs");
  verb->add_option("RUN", options->runs, "run folders, or their stats.json files")->required();
  verb->add_option("--format", options->format,
                   "html; csv: the comparison; actions: every line of the energy ledger, as CSV; json")
      ->check(CLI::IsMember({"html", "csv", "actions", "json"}))
      ->capture_default_str();
  verb->add_option(
      "-o,--output", options->output,
      "the file to write (default: report.html in the run folder; the others to standard output)");
  verb->callback([options] { run_report(*options); });
}

} // namespace moesaic::sim
