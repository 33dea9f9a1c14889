// `moesaic hw list|show` and `moesaic workload list|show`: what the catalogs hold, every figure with its
// source.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "sim/commands/commands.hpp"
#include "sim/commands/machine_text.hpp"
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

} // namespace

void add_catalog_commands(CLI::App& app) {
  static std::string hw_name, workload_name;
  CLI::App* hw =
      app.add_subcommand("hw", "list the machines, or show one: every figure with unit, source, interval");
  hw->require_subcommand(1);
  hw->add_subcommand("list", "the machines in the catalog")->callback([] { list("hw/catalog"); });
  CLI::App* hw_show = hw->add_subcommand("show", "all figures of one machine");
  hw_show->add_option("NAME", hw_name, "catalog name or .yaml file")->required();
  static bool json = false;
  hw_show->add_flag("--json", json, "as JSON");
  hw_show->callback([] { fmt::print("{}", json ? machine_json(hw_name) : machine_text(hw_name)); });

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
