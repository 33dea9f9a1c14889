// `moesaic map WORKLOAD --on MACHINE`: finds a placement and saves it as a mapping file.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "description/error.hpp"
#include "mappings/format/device_mapping.hpp"
#include "results/run_folder.hpp"
#include "sim/commands/commands.hpp"
#include "sim/commands/map_devices.hpp"
#include "sim/commands/map_report.hpp"
#include "sim/environment.hpp"
#include "sim/neuromorphic/static_moe.hpp"

namespace moesaic::sim {

namespace {

struct Options {
  std::string workload, machine, strategy = "best", objective = "energy-delay", output, picture;
  std::uint64_t seed = 1;
  double time_budget = 10;
  std::int64_t moves = 0;
  int correlate = 0, tokens = 2;
  bool gain = false, weights_given = false;
  std::string weights = "resident";
  int redundant = -1;
  std::string replica_rule = "round_robin";
  int chips = 0, batch = 1;
};

mappings::Objective objective_of(const std::string& name) {
  const auto& names = mappings::objective_names();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == (name == "edp" ? "energy-delay" : name))
      return static_cast<mappings::Objective>(i);
  throw InputError(fmt::format("--objective: unknown '{}'{}", name, suggestion(name, names)));
}

Redundancy redundancy_of(const Options& options) {
  const auto& names = mappings::replica_rule_names();
  const auto name = std::find(names.begin(), names.end(), options.replica_rule);
  if (name == names.end())
    throw InputError(fmt::format("--replica-rule: unknown '{}'{}", options.replica_rule, suggestion(options.replica_rule, names)));
  const bool asked = options.redundant >= 0 || name != names.begin();
  if (asked && options.strategy != "eplb" && !options.gain)
    throw InputError("--redundant, --replica-rule: for --strategy eplb (or --gain), others place no replicas");
  return {options.redundant, static_cast<mappings::ReplicaRule>(name - names.begin())};
}

mappings::MoeOptions lowering_of(const Options& options) {
  if (options.weights != "resident" && options.weights != "streamed")
    throw InputError(fmt::format("--weights: unknown '{}'{}", options.weights,
                                 suggestion(options.weights, {"resident", "streamed"})));
  mappings::MoeOptions lowering;
  lowering.streamed = options.weights == "streamed";
  if (lowering.streamed && options.correlate > 0)
    throw InputError("--correlate: random placements of streamed weights are not supported: they do not heed outer memories");
  return lowering;
}

mappings::PlacementRequest request_of(const Options& options, const PlacedMoe& moe, const mappings::Traffic& held) {
  mappings::PlacementRequest request;
  request.traffic = &moe.traffic;
  request.floor = &moe.floor;
  request.objective = objective_of(options.objective);
  request.seed = options.seed;
  request.moves = options.moves;
  request.budget_seconds = options.time_budget;
  request.held = held.nets.empty() ? nullptr : &held;
  request.lowered = &moe.lowered;
  request.lowered_name = "snake";
  if (shows_progress())
    request.progress = [](double share, double) { fmt::print(stderr, "\r{:3.0f} % placed\033[K", 100 * share); };
  return request;
}

void save(const Options& options, const PlacedMoe& asked, const Found& found) {
  const PlacedMoe& moe = found.moe(asked);
  hw::Program program = moe.program;
  mappings::place(moe.chip, found.placement, program);
  mappings::Mapping mapping = mappings::mapping_of(moe.chip, moe.layer, moe.plan, program);
  mapping.machine = options.machine;
  mapping.workload = options.workload;
  mapping.strategy = found.strategy;
  mapping.objective = mappings::objective_names()[static_cast<std::size_t>(objective_of(options.objective))];
  mapping.seed = options.seed;
  mappings::save_mapping(mapping, options.output);
  fmt::print("\nmapping      {}\n", options.output);
}

/// Whether the machine is one of cards or GPUs, which have a search of their own; then it is done.
bool mapped_onto_devices(const Options& options) {
  const auto machine = make_machine(options.machine);
  if (machine->device_strategies().empty()) {
    if (machine->kind() != std::string("neuromorphic"))
      machine->map_devices(workloads::load_moe_layer(options.workload), {}); // says why not
    if (options.chips > 0 || options.batch > 1)
      throw InputError("--chips, --batch: for cards of associative processors and for GPUs; a neuromorphic layer takes the chips "
                       "that hold it, and its tokens follow each other");
    return false;
  }
  if (options.correlate > 0 || !options.picture.empty() || options.moves > 0)
    throw InputError(fmt::format("{}: --correlate, --svg and --moves are for neuromorphic machines", options.machine));
  if (options.replica_rule != "round_robin")
    throw InputError(fmt::format("--replica-rule: '{}' is for neuromorphic machines; on {} replicas take turns (round_robin)",
                                 options.replica_rule, options.machine));
  if (options.output.empty() && !options.gain)
    throw InputError("--output: where to write the mapping is missing");
  map_onto_devices(*machine, {options.workload, options.machine, options.strategy, options.output, objective_of(options.objective),
                              options.seed, options.batch, options.chips, options.redundant,
                              lowering_of(options).streamed ? false : options.weights_given, options.gain});
  return true;
}

void run_map(const Options& options) {
  objective_of(options.objective);
  for (const std::string& file : {options.output, options.picture})
    if (!file.empty())
      results::check_place(file);
  if (mapped_onto_devices(options))
    return;
  check_strategy(options.strategy);
  const Redundancy redundancy = redundancy_of(options);
  const mappings::MoeOptions lowering = lowering_of(options);
  const bool measures = options.gain || options.correlate > 0;
  if (options.output.empty() && options.picture.empty() && !measures)
    throw InputError("--output: where to write the mapping is missing");
  const auto start = std::chrono::steady_clock::now();
  const Document machine = neuromorphic_description(options.machine);
  const auto layer = workloads::load_moe_layer(options.workload);
  if (runs_static_schedule(machine)) {
    if (!options.gain || options.correlate > 0 || !options.output.empty() || !options.picture.empty())
      throw InputError(fmt::format("{}: placing is not supported: one schedule for all data in a chain of cards, where every "
                                   "order of experts takes the same; `--gain` alone and `moesaic compare` show its cost",
                                   options.machine));
    fmt::print("{}", static_gain_report(machine, layer));
    return;
  }
  const PlacedMoe moe = lower_for_placement(hw::load_chip(machine), layer, options.seed, lowering);
  fmt::print("{}\n", mappings::describe(moe.plan, moe.chip, moe.layer));
  if (options.correlate > 0)
    fmt::print("\n{}", correlation_report(moe, options.correlate, options.seed));
  const bool searches = options.gain || options.strategy == "annealing";
  const mappings::Traffic held = searches ? held_traffic(moe, options.seed) : mappings::Traffic{};
  if (options.gain)
    fmt::print("\n{}", gain_report(moe, request_of(options, moe, held), options.tokens, redundancy));
  if (options.output.empty() && options.picture.empty())
    return;
  const auto all = find_placements(moe, request_of(options, moe, held), options.strategy, redundancy);
  const Found& found = choose(all, objective_of(options.objective), options.strategy);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (shows_progress())
    fmt::print(stderr, "\r\033[K");
  if (found.own)
    fmt::print("{}\n", mappings::describe(found.own->plan, moe.chip, moe.layer));
  fmt::print("\n{}", cost_report(moe, all, found));
  double simulating = 0;
  for (const Found& one : all)
    simulating += one.simulating_seconds;
  fmt::print("placed in    {:.1f} s, and {:.1f} s to simulate{}\n", seconds - simulating, simulating,
             found.out_of_time ? ", cut short by --time-budget: another run may find another placement" : "");
  if (!options.picture.empty())
    write_floor_picture(moe, found, options.picture);
  if (!options.output.empty())
    save(options, moe, found);
}

} // namespace

void add_map_command(CLI::App& app) {
  static Options options;
  CLI::App* verb = app.add_subcommand("map", "place a workload on a machine and save the mapping");
  verb->add_option("WORKLOAD", options.workload, "catalog name, .yaml file or config.json")->required();
  verb->add_option("--on", options.machine, "the machine: catalog name or .yaml file")->required();
  verb->add_option("--strategy", options.strategy, "best (of all but annealing, metis and eplb, by simulation), or one of: " + strategy_list())
      ->capture_default_str();
  verb->add_option("--objective", options.objective, "latency, energy, energy-delay (edp) or chips")
      ->capture_default_str();
  verb->add_option("--seed", options.seed, "seed of the routing trace and of the search")->capture_default_str();
  verb->add_option("--time-budget", options.time_budget, "seconds that an iterative search may take")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  verb->add_option("--moves", options.moves, "moves of an iterative search; 0: by the size")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 40))
      ->capture_default_str();
  verb->add_option("-o,--output", options.output, "the mapping file to write (.yaml; large tables beside it as .h5)");
  verb->add_option("--svg", options.picture, "draw the naive placement and the found one, with their link loads");
  verb->add_option("--weights", options.weights, "resident in the cores, or streamed from the chips' outer memories")
      ->capture_default_str();
  verb->add_option("--redundant", options.redundant, "replicas beyond one of each expert that eplb places (default: an eighth of the experts)")
      ->check(CLI::Range(0, 1 << 20));
  verb->add_option("--replica-rule", options.replica_rule, "which replica serves a token: " + fmt::format("{}", fmt::join(mappings::replica_rule_names(), ", ")))
      ->capture_default_str();
  verb->add_flag("--gain", options.gain, "simulate every strategy's placement and print the table");
  verb->add_option("--tokens", options.tokens, "tokens that --gain simulates, one at a time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  verb->add_option("--correlate", options.correlate,
                   "simulate so many random placements and print how well the estimate ranks them")
      ->check(CLI::Range(2, 10000));
  verb->add_option("--chips", options.chips, "cards of an associative processor (default: as many as the machine takes by itself)")
      ->check(CLI::Range(1, 65536));
  verb->add_option("--batch", options.batch, "tokens at once that cards or GPUs are compared with")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  verb->callback([verb] {
    options.weights_given = verb->count("--weights") > 0;
    run_map(options);
  });
}

} // namespace moesaic::sim
