// `moesaic hw list|show` and `moesaic workload list|show`: what the catalogs hold, every figure with its
// source.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/commands/commands.hpp"
#include "sim/commands/workload_text.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

namespace {

void list(const std::string& folder) {
  const auto names = catalog_names(folder);
  std::size_t width = 0;
  for (const auto& name : names)
    width = std::max(width, name.size());
  for (const auto& name : names) {
    const Document document = Document::load(catalog_folder(folder) + "/" + name + ".yaml");
    fmt::print("{:{}}  {}\n", name, width, document.root().text_or("title", ""));
  }
}

/// The figure's interval in the unit it was written in.
std::string interval_text(const Figure& figure) {
  if (figure.confidence == Confidence::exact)
    return "exact";
  const double scale = parse_quantity("1 " + figure.unit).value;
  return fmt::format("{:.4g} to {:.4g}", figure.low / scale, figure.high / scale);
}

void show_machine(const std::string& name) {
  const Document document = Document::load(catalog_file("hw/catalog", name, "machine"));
  const auto machine = make_machine(document);
  fmt::print("{}: {} ({})\n\n", machine->name(), document.root().text_or("title", ""), machine->kind());
  fmt::print("{:40} {:>22} {:>22}  {:10} {}\n", "figure", "value", "interval", "confidence", "source");
  std::set<std::string> seen;
  for (const auto& figure : document.figures()) {
    if (!seen.insert(figure.path).second)
      continue;
    const double scale = parse_quantity("1 " + figure.unit).value;
    fmt::print("{:40} {:>22} {:>22}  {:10} {}\n", figure.path,
               fmt::format("{:.6g} {}", figure.value / scale, figure.unit), interval_text(figure),
               to_string(figure.confidence), figure.source);
    if (!figure.note.empty())
      fmt::print("{:40}   {}\n", "", figure.note);
  }
  fmt::print("\nsources\n");
  for (const auto& [key, source] : document.sources())
    fmt::print("  {}: {}; {}\n", key, source.title, source.where);
}

} // namespace

void add_catalog_commands(CLI::App& app) {
  static std::string hw_name, workload_name;
  CLI::App* hw =
      app.add_subcommand("hw", "list the machines, or show one: every figure with unit, source, interval");
  hw->require_subcommand(1);
  hw->add_subcommand("list", "the machines in the catalog")->callback([] { list("hw/catalog"); });
  CLI::App* hw_show = hw->add_subcommand("show", "all figures of one machine");
  hw_show->add_option("NAME", hw_name, "catalog name or .yaml file")->required();
  hw_show->callback([] { show_machine(hw_name); });

  CLI::App* workload =
      app.add_subcommand("workload", "list the workloads, or show one with its load histogram");
  workload->require_subcommand(1);
  add_model_commands(*workload);
  workload->add_subcommand("list", "the workloads in the catalog")->callback([] {
    list("workloads/catalog");
  });
  CLI::App* workload_show =
      workload->add_subcommand("show", "shapes, router rule and expert loads of one workload");
  workload_show->add_option("NAME", workload_name, "catalog name or .yaml file")->required();
  static ShownLoads loads;
  CLI::Option* tokens = workload_show->add_option("--tokens", loads.tokens, "tokens of the trace drawn")
                            ->check(CLI::Range(1, 1 << 22))
                            ->capture_default_str();
  CLI::Option* seed = workload_show->add_option("--seed", loads.seed, "seed of the trace")->capture_default_str();
  CLI::Option* trace =
      workload_show->add_option("--trace", loads.trace, "draw the loads of this recorded trace, .h5 or .csv")
          ->excludes(tokens)
          ->excludes(seed);
  workload_show->add_option("--trace-layer", loads.trace_layer, "its layer, from 0")->needs(trace);
  workload_show->callback([] { fmt::print("{}", workload_text(workload_name, loads)); });
}

} // namespace moesaic::sim
