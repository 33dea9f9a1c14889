// `moesaic compare WORKLOAD`: map, simulate, compare; prints the table and writes a run folder.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <unistd.h>

#include "description/error.hpp"
#include "hw/process_node.hpp"
#include "mappings/format/device_mapping.hpp"
#include "results/json.hpp"
#include "results/run_folder.hpp"
#include "results/table.hpp"
#include "sim/commands/commands.hpp"
#include "sim/commands/compare_values.hpp"
#include "sim/comparison/query.hpp"
#include "sim/comparison/request.hpp"
#include "sim/comparison/timeline.hpp"
#include "sim/neuromorphic/placed_moe.hpp"

namespace moesaic::sim {

namespace {

struct Options {
  ComparisonRequest request;
  std::vector<std::string> on{"loihi2", "gemini1"}, against{"h100", "h200"};
  std::string output, mapping, timeline, timeline_window = ":", node;
  bool json = false, values = false;
  bool batch_given = false, on_given = false, against_given = false;
  bool of_requests = false, of_queries = false;
};

/// A GPU engineer writes H100; the catalog says h100.
std::string lower_case(std::string name) {
  if (name.find('.') != std::string::npos)
    return name;
  for (char& c : name)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::string command_line(const Options& options) {
  const auto& request = options.request;
  const auto list = [](const auto& items) { return fmt::format("{}", fmt::join(items, ",")); };
  std::string line = fmt::format("moesaic compare {} --on {} --against {}", request.workload, list(options.on),
                                 list(options.against));
  if (!options.of_requests && !options.of_queries)
    line += fmt::format(" --batch {}", list(request.batches));
  line += fmt::format(" --seed {}", request.seed);
  if (options.of_queries && request.scale != 1)
    line += fmt::format(" --scale {:g}", request.scale);
  if (!request.trace.empty())
    line += fmt::format(" --trace {} --trace-layer {}", request.trace, request.trace_layer);
  if (!options.mapping.empty())
    line += " --mapping " + options.mapping;
  if (!options.node.empty())
    line += " --node " + hw::name_at("", hw::parse_node(options.node)).substr(1);
  return line;
}

/// WORKLOAD-DATE-TIME.
std::string run_name(const results::Run& run, const std::string& workload) {
  std::string name = workload.substr(workload.find_last_of('/') + 1);
  name = name.substr(0, name.find('.')) + '-';
  for (const char c : run.started)
    if (c == 'T' || std::isdigit(static_cast<unsigned char>(c)))
      name += c == 'T' ? '-' : c;
  return name;
}

/// A mapping must be of the workload and of one of the machines.
template <class M> void check_used(const Options& options, const ComparisonRequest& request, const M& mapping) {
  const auto layer = workloads::load_moe_layer(request.workload);
  if (mapping.workload != layer.name)
    throw InputError(fmt::format("{}: a mapping of {}, not of {}", options.mapping, mapping.workload, layer.name));
  bool used = false;
  for (const auto& machine : request.machines)
    used = used || hw::split_node(make_machine(machine)->name()).name == mapping.machine;
  if (!used)
    throw InputError(fmt::format("{}: a mapping for {}, which is not among the machines compared", options.mapping,
                                 mapping.machine));
}

void take_mapping(const Options& options, ComparisonRequest& request) {
  if (mappings::is_device_mapping(options.mapping)) {
    request.devices = load_valid_devices(options.mapping);
    return check_used(options, request, *request.devices);
  }
  request.mapping = std::make_shared<const mappings::Mapping>(load_valid_mapping(options.mapping));
  check_used(options, request, *request.mapping);
}

/// The mapping as one file that stands by itself, named after its own.
results::InputText mapping_input(const std::string& file) {
  std::string name = file.substr(file.find_last_of('/') + 1);
  name = name.substr(0, name.rfind('.'));
  const std::string text = mappings::is_device_mapping(file) ? mappings::device_mapping_text(mappings::load_device_mapping(file))
                                                             : mappings::mapping_text(mappings::load_mapping(file));
  return {"mapping-" + name + ".yaml", text, ""};
}

/// What is named twice would only stand in the table twice.
template <class Items> void check_unlike(const char* option, const Items& items) {
  for (auto item = items.begin(); item != items.end(); ++item)
    if (std::find(items.begin(), item, *item) != item)
      throw InputError(fmt::format("{}: '{}' is named twice", option, *item));
}

void check_options(const Options& options) {
  const auto& request = options.request;
  if (!options.timeline.empty())
    check_timeline_name(options.timeline);
  parse_window(options.timeline_window);
  if (!options.output.empty())
    results::check_free(options.output);
  if (options.values && !(options.output.empty() && options.timeline.empty()))
    throw InputError("--output, --timeline: with --values a comparison prints its verdict (or --json), and leaves no run");
  if (!request.checkpoint.empty() && !options.values)
    throw InputError("--checkpoint: only real numbers come from it: give --values too");
  if (!request.trace.empty() && options.values)
    throw InputError("--trace: with --values the router chooses the experts itself");
  if (!options.of_queries && request.scale != 1)
    throw InputError("--scale: only workloads of queries have a size that is a number of facts");
  if (!options.of_requests && !options.of_queries)
    return;
  const char* kind = options.of_requests ? "request workload" : "workload of queries";
  if (options.batch_given)
    throw InputError(options.of_requests ? "--batch: a request workload sets its own batches"
                                         : "--batch: a workload of queries has no batches");
  if (!request.trace.empty())
    throw InputError(fmt::format("--trace: recorded routing for a {} is not supported", kind));
  if (!options.mapping.empty())
    throw InputError(fmt::format("--mapping: not supported for a {}", kind));
  if (options.of_queries && !request.checkpoint.empty())
    throw InputError("--checkpoint: not supported for a workload of queries");
  if (options.of_requests && options.values)
    throw InputError("--values: not supported for a request workload; its model's layer carries them");
}

/// Every machine as built, and where a node is named also there.
void take_machines(Options& options) {
  double node = 0;
  try {
    node = options.node.empty() ? 0 : hw::parse_node(options.node);
  } catch (const InputError& error) {
    throw InputError(fmt::format("--node: {}", error.what()));
  }
  for (auto* names : {&options.on, &options.against})
    for (auto& name : *names) {
      options.request.machines.push_back(name = lower_case(name));
      if (node > 0 && hw::split_node(name).node)
        throw InputError(fmt::format("--node: '{}' names its process node itself", name));
      if (node > 0)
        options.request.machines.push_back(hw::name_at(name, node));
    }
}

/// A machine that was asked for by name and cannot run: what the others did is shown, but the command has failed.
void check_all_ran(const Options& options, const results::Run& run) {
  std::string missing;
  for (const auto& reason : run.left_out)
    for (const auto& [given, names] : {std::pair{options.on_given, &options.on}, {options.against_given, &options.against}})
      for (const auto& name : given ? *names : std::vector<std::string>{})
        if (const std::string begin = make_machine(name)->name() + ": "; reason.rfind(begin, 0) == 0)
          missing += (missing.empty() ? "" : "\nmoesaic: ") + reason;
  if (!missing.empty())
    throw InputError(missing);
}

/// One file more in the run folder, and the text for a terminal.
std::string finish_requests(const RequestComparison& comparison, const std::string& folder) {
  results::write_file(folder + "/requests.csv", request_csv(comparison));
  return request_text(comparison) + "\n";
}

/// Queries are for machines that search, beside the host's own join.
void take_kind(Options& options) {
  const std::string kind = workloads::workload_kind(options.request.workload);
  if (kind == "associative_program")
    throw InputError(fmt::format("{}: an associative program, which is not compared but run: moesaic run {}",
                                 options.request.workload, options.request.workload));
  options.of_requests = kind == "request";
  options.of_queries = kind == "hyperon";
  if (options.of_queries && !options.on_given)
    options.on = {"gemini1"};
  if (options.of_queries && !options.against_given)
    options.against = {"cpu"};
}

void draw_timeline(const Options& options, const results::Run& run, const RequestComparison& requests) {
  const auto window = parse_window(options.timeline_window);
  auto units = options.of_requests  ? request_units(options.request, requests, run, window)
               : options.of_queries ? query_units(options.request, run, window)
                                    : compare_units(options.request, run, window);
  for (const auto& what : write_timeline(run, std::move(units), options.timeline, window))
    fmt::print(stderr, "moesaic: {}: left out: {}\n", options.timeline, what);
}

void run_compare(Options& options) {
  take_kind(options);
  take_machines(options);
  check_unlike("--on and --against", options.request.machines);
  check_unlike("--batch", options.request.batches);
  check_options(options);
  if (!options.mapping.empty())
    take_mapping(options, options.request);
  if (options.values)
    return check_values(options.request, options.of_queries, options.json);
  RequestComparison requests;
  if (options.of_requests)
    requests = compare_requests(options.request);
  results::Run run = options.of_requests  ? requests.run
                     : options.of_queries ? compare_query_workload(options.request)
                                          : compare(options.request);
  run.command = command_line(options);
  if (!options.mapping.empty())
    run.inputs.push_back(mapping_input(options.mapping));
  const std::string folder = options.output.empty()
                                 ? results::free_run_folder("runs", run_name(run, options.request.workload))
                                 : options.output;
  results::write_run_folder(folder, run);
  if (!options.timeline.empty())
    draw_timeline(options, run, requests);
  const std::string above = options.of_requests ? finish_requests(requests, folder) : "";
  if (options.json) {
    fmt::print("{}\n", results::to_json(run));
  } else {
    fmt::print("{}{}", above, results::format_run(run, results::table_style(STDOUT_FILENO)));
    fmt::print("\nrun folder   {}\nreport page  {}/report.html\n", folder, folder);
  }
  check_all_ran(options, run);
}

} // namespace

void add_compare_command(CLI::App& app) {
  static Options options;
  CLI::App* verb =
      app.add_subcommand("compare", "map a workload onto machines, simulate, set the GPU beside them");
  verb->add_option("WORKLOAD", options.request.workload, "catalog name, .yaml file or config.json")
      ->required();
  verb->add_option("--on", options.on, "machines, separated by commas")
      ->delimiter(',')
      ->capture_default_str();
  verb->add_option("--against", options.against, "baselines, separated by commas")
      ->delimiter(',')
      ->capture_default_str();
  verb->add_option("--node", options.node, "also scale every machine to this process node, as in 4nm, by published factors");
  verb->add_option("--batch", options.request.batches, "tokens in flight; a list gives a row each")
      ->delimiter(',')
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  verb->add_option("--seed", options.request.seed, "seed of the routing trace, or of the atoms that queries are asked of")->capture_default_str();
  verb->add_option("--scale", options.request.scale, "queries: this part of the symbols and facts, as 0.5")
      ->check(CLI::Range(1e-6, 1.0))
      ->capture_default_str();
  verb->add_option("--mapping", options.mapping, "a mapping file that places the workload on one of the machines");
  verb->add_option("-o,--output", options.output, "the run folder to write (default: runs/WORKLOAD-DATE-TIME)");
  verb->add_option("--timeline", options.timeline,
                   "write when each stage and unit was at work: .json for Perfetto, .vcd for waveform viewers");
  verb->add_option("--timeline-window", options.timeline_window, "FROM:TO in simulated time, as in 10us:1ms")
      ->capture_default_str();
  verb->add_flag("--json", options.json, "print the run as JSON instead of the table");
  verb->add_flag("--values", options.values,
                 "real numbers (or atoms) through the mapped program, compared with the reference");
  verb->add_option("--trace", options.request.trace, "recorded routing, .h5 or .csv: its first tokens are the batch");
  verb->add_option("--trace-layer", options.request.trace_layer, "layer of the trace, from 0")->capture_default_str();
  verb->add_option("--checkpoint", options.request.checkpoint,
                   "with --values: weights of this checkpoint, a .safetensors file or a folder of them");
  verb->add_option("--checkpoint-layer", options.request.checkpoint_layer, "its layer (default: the first MoE layer)");
  verb->callback([verb] {
    options.batch_given = verb->count("--batch") > 0;
    options.on_given = verb->count("--on") > 0;
    options.against_given = verb->count("--against") > 0;
    run_compare(options);
  });
}

} // namespace moesaic::sim
