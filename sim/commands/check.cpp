// `moesaic check FILE`: proves a mapping or an associative program valid, or lists what is wrong with it.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <fstream>

#include "description/error.hpp"
#include "mappings/check/check_rates.hpp"
#include "mappings/format/device_mapping.hpp"
#include "mappings/neuromorphic/moe_tables.hpp"
#include "sim/commands/check_program.hpp"
#include "sim/commands/commands.hpp"
#include "sim/neuromorphic/placed_moe.hpp"

namespace moesaic::sim {

namespace {

struct Options {
  std::string file, machine = "gemini1";
  double rate = 0;
  std::uint64_t seed = 1;
  int tokens = 2;
  bool json = false, values = false, rate_given = false;
};

/// Weights of a layer whose numbers are still run here: in memory they take some 20 B each.
constexpr std::int64_t most_weights = 100'000'000;

/// A catalog name, or a file with a line `kind: associative_program`. Files that cannot be read are left to the reader
/// of mappings, which says so.
bool is_program(const std::string& file) {
  if (file.find('.') == std::string::npos && file.find('/') == std::string::npos)
    return true;
  std::ifstream in(file);
  std::string line;
  for (int i = 0; i < 200 && std::getline(in, line); ++i)
    if (line.rfind("kind:", 0) == 0)
      return line.find("associative_program") != std::string::npos;
  return false;
}

void say(const std::vector<mappings::Violation>& violations, const Options& options, const std::string& report) {
  if (options.json) {
    fmt::print("{}\n", mappings::to_json(violations));
  } else {
    if (!report.empty())
      fmt::print("{}\n", report);
    for (const auto& violation : violations)
      fmt::print("{}\n", mappings::to_text(violation));
    if (violations.empty())
      fmt::print("{}: valid\n", options.file);
    else
      fmt::print("{}: not valid, {} violation{}\n", options.file, violations.size(), violations.size() == 1 ? "" : "s");
  }
  if (!violations.empty())
    throw CLI::RuntimeError(1);
}

/// Throws InputError for a layer too large to run.
MoeTask value_task(const Options& options, const workloads::MoeLayer& layer) {
  const std::int64_t weights = layer.expert_weights() * (layer.routed + layer.shared);
  if (weights > most_weights)
    throw InputError(fmt::format("--values: {} has {} weights, running with real numbers is supported up to {}",
                                 layer.name, weights, most_weights));
  return {layer, workloads::make_trace(layer, options.tokens, options.seed), options.seed};
}

/// Runs the mapped program with real numbers; a difference beyond the bound is a violation.
std::string prove_by_running(const Machine& machine, const MoeTask& task, std::vector<mappings::Violation>& violations) {
  const ValueCheck check = machine.check_values(task);
  if (!check.router_identical)
    violations.push_back({"expert choice", task.layer.name, "the reference's experts for every token", "other experts",
                          "check the router's slices and routes"});
  if (!check.within_bound)
    violations.push_back({"output values", task.layer.name, fmt::format("within {:.3e} of the reference", check.error_bound),
                          fmt::format("{:.3e} off", check.worst_error), "check the experts' slices and routes"});
  return fmt::format("run with numbers: {} tokens, {} outputs, expert choice {}, worst error {:.3e} (bound {:.3e})\n",
                     check.tokens, check.outputs, check.router_identical ? "identical" : "DIFFERENT", check.worst_error,
                     check.error_bound);
}

/// A token's time by the estimate, which knows the mapping's own routes.
std::string estimated(const hw::Chip& chip, const workloads::MoeLayer& layer, const mappings::Mapping& mapping,
                      const std::vector<std::int32_t>& experts) try {
  const mappings::MoePlan plan = mappings::plan_of(chip, layer, mapping);
  const hw::Program program = mappings::program_of(chip, layer, mapping);
  const auto token = mappings::serving(mappings::replica_choice(chip, layer, plan, program), {experts});
  const auto traffic = mappings::traffic_of(chip, program, mappings::moe_roles(plan, program), token);
  const auto cost = mappings::estimate(traffic, mappings::floor_of(chip, program, mappings::moe_stages),
                                       mappings::placement_of(chip, program), mappings::Detail::coarse);
  return fmt::format("estimated {:.4g} us for the trace's first token\n", cost.seconds * 1e6);
} catch (const InputError& error) {
  return fmt::format("no time estimated: {}\n", error.what());
}

/// A mapping of cards or GPUs, by the machine itself.
void check_device_file(const Options& options) {
  mappings::DeviceMapping mapping = mappings::load_device_mapping(options.file);
  const auto machine = make_machine(mapping.machine);
  const auto layer = workloads::load_moe_layer(mapping.workload);
  DeviceCheck check =
      machine->check_devices(mapping, layer, workloads::make_trace(layer, placement_tokens, options.seed), options.rate);
  std::string report = fmt::format("{} on {}: {} {}{}, {} slices\n", layer.title, mapping.machine, mapping.chips,
                                   mapping.kind == mappings::DeviceKind::gpu ? "GPU" : "card", mapping.chips == 1 ? "" : "s",
                                   mapping.slices.size());
  report += check.report;
  if (check.violations.empty() && options.values) {
    mapping.machine = machine->name();
    MoeTask task = value_task(options, layer);
    task.devices = std::make_shared<const mappings::DeviceMapping>(std::move(mapping));
    report += prove_by_running(*machine, task, check.violations);
  }
  say(check.violations, options, report);
}

void check_mapping_file(const Options& options) {
  if (mappings::is_device_mapping(options.file))
    return check_device_file(options);
  const mappings::Mapping mapping = mappings::load_mapping(options.file);
  const hw::Chip chip = hw::load_chip(neuromorphic_description(mapping.machine));
  const auto layer = workloads::load_moe_layer(mapping.workload);
  auto violations = mappings::check_mapping(mapping, chip, layer);
  std::string report =
      fmt::format("{} on {}: {} cores on {} x {} chips, {} slices, {} sends, {} groups\n", layer.title, chip.title,
                  mapping.cores.size(), mapping.chips_across, mapping.chips_down, mapping.slices.size(),
                  mapping.sends.size(), mappings::group_count(mapping));
  if (violations.empty()) {
    const mappings::CheckInput input{mapping, chip, layer};
    const auto chosen =
        mappings::chosen_experts(layer, workloads::make_trace(layer, placement_tokens, options.seed));
    report += mappings::to_text(mappings::rates_of(input, chosen), input);
    report += estimated(chip, layer, mapping, chosen.front());
    if (options.rate > 0)
      mappings::check_rates(input, chosen, options.rate, violations);
    if (options.values) {
      MoeTask task = value_task(options, layer);
      auto named = std::make_shared<mappings::Mapping>(mapping);
      named->machine = chip.name;
      task.mapping = named;
      report += prove_by_running(*make_machine(mapping.machine), task, violations);
    }
  }
  say(violations, options, report);
}

void run_check(const Options& options) {
  if (options.rate_given && !(std::isfinite(options.rate) && options.rate > 0 && options.rate < 1e15))
    throw InputError("--rate: expected tokens per second above 0 and below 1e15");
  if (!is_program(options.file))
    return check_mapping_file(options);
  if (options.values || options.rate > 0)
    throw InputError("--values and --rate are for mappings, not for programs");
  const auto check = check_associative_program(
      Document::load(catalog_file("workloads/catalog", options.file, "program")),
      Document::load(catalog_file("hw/catalog", options.machine, "machine")));
  say(check.violations, options, check.report);
}

} // namespace

void add_check_command(CLI::App& app) {
  static Options options;
  CLI::App* verb = app.add_subcommand("check", "prove a mapping or an associative program valid, or list what is wrong");
  verb->footer("Exit code: 0 valid, 1 not valid, 2 unreadable.");
  verb->add_option("FILE", options.file, "a mapping file, or an associative program (catalog name or file)")->required();
  verb->add_option("--on", options.machine, "the machine of an associative program")->capture_default_str();
  verb->add_option("--rate", options.rate, "tokens per second that links and memories must carry");
  verb->add_option("--seed", options.seed, "seed of the routing trace and of --values")->capture_default_str();
  verb->add_option("--tokens", options.tokens, "tokens that --values runs")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  verb->add_flag("--values", options.values, "run the mapped program with real numbers beside the reference");
  verb->add_flag("--json", options.json, "print the violations as a JSON list");
  verb->callback([verb] {
    options.rate_given = verb->count("--rate") > 0;
    run_check(options);
  });
}

} // namespace moesaic::sim
