// `moesaic run PROGRAM.yaml --on MACHINE`: one program that a user wrote, on one machine.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>

#include <unistd.h>

#include "description/document.hpp"
#include "description/error.hpp"
#include "results/run_folder.hpp"
#include "results/table.hpp"
#include "sim/associative/program_values.hpp"
#include "sim/associative/run.hpp"
#include "sim/commands/commands.hpp"
#include "sim/comparison/timeline.hpp"
#include "sim/machine/machine.hpp"
#include "sim/neuromorphic/run_spiking.hpp"

namespace moesaic::sim {

namespace {

struct Options {
  std::string program, machine, trace, trace_window = ":", input, output, operands;
  std::vector<std::string> memory;
  double dt = 1e-3;
  int steps = 0;
  std::uint64_t seed = 1;
  bool json = false, values = false;
};

bool is_nir(const std::string& program) {
  return program.size() > 4 && program.compare(program.size() - 4, 4, ".nir") == 0;
}

void write_units(const std::string& file, const results::Run& run, results::UnitSpans units, const results::TraceWindow& window) {
  std::vector<results::UnitSpans> all;
  all.push_back(std::move(units));
  for (const auto& what : write_timeline(run, std::move(all), file, window))
    fmt::print(stderr, "moesaic: {}: left out: {}\n", file, what);
}

void run_nir(const Options& options) {
  if (options.values || !options.memory.empty() || !options.operands.empty())
    throw InputError("--values, --memory and --operands are for associative programs: a NIR network always has values");
  if (options.input.empty())
    throw InputError("--input: a NIR network needs input: a .csv, .npy or .h5 file, or poisson:HERTZ with --steps");
  SpikingRequest request{options.program, options.machine.empty() ? "loihi2" : options.machine, options.input, options.dt,
                         options.steps, options.seed};
  const auto window = parse_window(options.trace_window, "--trace-window");
  if (!options.trace.empty()) {
    check_timeline_name(options.trace, "--trace");
    request.window = window;
  }
  if (!options.output.empty())
    results::check_free(options.output);
  const SpikingRun run = run_spiking(request);
  const std::string stem = std::filesystem::path(options.program).stem().string();
  const std::string folder = options.output.empty() ? results::free_run_folder("runs", stem) : options.output;
  if (!options.trace.empty())
    write_units(options.trace, spiking_timeline(run), spiking_units(run, window), window);
  write_spiking_folder(folder, run);
  if (options.json)
    fmt::print("{}\n", spiking_json(run));
  else
    fmt::print("{}\nrun folder   {}\n", spiking_text(run), folder);
}

ProgramInput program_input(const Options& options) {
  ProgramInput input;
  for (const auto& item : options.memory) {
    const auto equals = item.find('=');
    if (equals == std::string::npos || equals == 0)
      throw InputError(fmt::format("--memory {}: expected REGION=FILE", item));
    if (!input.memory.emplace(item.substr(0, equals), item.substr(equals + 1)).second)
      throw InputError(fmt::format("--memory: region '{}' is given twice", item.substr(0, equals)));
  }
  input.operands = options.operands;
  return input;
}

void check_options(const Options& options) {
  if (!options.trace.empty())
    check_timeline_name(options.trace, "--trace");
  if (!options.input.empty() || options.steps != 0)
    throw InputError("--input and --steps are for NIR networks (.nir)");
  if (!options.values && !(options.output.empty() && options.memory.empty() && options.operands.empty()))
    throw InputError("--memory, --operands and --output: an associative program has values with --values only");
  if (!options.output.empty())
    results::check_free(options.output);
}

/// The folder with what the program left.
std::string carry_values(const Options& options, const Document& program, const Document& machine) {
  const ProgramValues values = run_with_values(program, machine, program_input(options));
  const std::string stem = std::filesystem::path(options.program).stem().string();
  const std::string folder = options.output.empty() ? results::free_run_folder("runs", stem) : options.output;
  write_program_values(folder, values);
  return folder;
}

/// The stages, without a batch in their name.
results::Run timeline_of(results::RunRecord record) {
  results::Run run;
  record.tokens = 0;
  run.records.push_back(std::move(record));
  return run;
}

void run_program(Options options) {
  if (is_nir(options.program))
    return run_nir(options);
  check_options(options);
  if (options.machine.empty())
    options.machine = "gemini1";
  const Document program = Document::load(catalog_file("workloads/catalog", options.program, "program"));
  const Document machine = machine_description(options.machine);
  if (const std::string kind = program.root().at("kind").text(); kind == "moe" || kind == "request" || kind == "hyperon")
    throw InputError(fmt::format("{}: a workload, which is not run but compared: moesaic compare {}", options.program,
                                 options.program));
  program.root().at("kind").choice({"associative_program"});
  machine.root().at("kind").choice({"associative"});
  const auto window = parse_window(options.trace_window, "--trace-window");
  if (!options.trace.empty())
    results::check_place(options.trace);
  const auto record = run_associative_program(program, machine);
  const std::string folder = options.values ? carry_values(options, program, machine) : "";
  if (!options.trace.empty())
    write_units(options.trace, timeline_of(record), associative_program_units(program, machine, window), window);
  if (options.json)
    fmt::print("{}\n", associative_json(record));
  else
    fmt::print("{}{}", associative_text(record), folder.empty() ? "" : fmt::format("\nvalues       {}\n", folder));
}

} // namespace

void add_run_command(CLI::App& app) {
  static Options options;
  CLI::App* verb = app.add_subcommand("run", "run one program on one machine");
  verb->add_option("PROGRAM", options.program, "an associative program (catalog name or .yaml file) or a NIR network (.nir)")
      ->required();
  verb->add_option("--on", options.machine, "the machine: catalog name or .yaml file (default: gemini1, for a NIR network loihi2)");
  verb->add_option("--input", options.input, "NIR: .csv of time,channel,value, .npy or .h5 of steps x channels, or poisson:HERTZ");
  verb->add_option("--steps", options.steps, "NIR: time steps (default: as many as the input has)")->check(CLI::Range(1, 1000000));
  verb->add_option("--dt", options.dt, "NIR: seconds that one time step stands for")->capture_default_str();
  verb->add_option("--seed", options.seed, "NIR: of the Poisson input")->capture_default_str();
  verb->add_flag("--values", options.values, "associative program: run it on the bit planes, too, and write what it leaves");
  verb->add_option("--memory", options.memory, "with --values: REGION=FILE, a .npy or .csv of 16-bit integers; else zeros");
  verb->add_option("--operands", options.operands, "with --values: .npy or .csv of the immediate values that come from memory");
  verb->add_option("-o,--output", options.output, "NIR or --values: the folder to write (default: runs/NAME)");
  verb->add_option("--trace", options.trace, "also write which unit ran when: .json for Perfetto, .vcd for waveform viewers");
  verb->add_option("--trace-window", options.trace_window,
                   "FROM:TO in simulated time, as in 10us:1ms; at most a million spans")->capture_default_str();
  verb->add_flag("--json", options.json, "print cycles, milliseconds, joules and shares as JSON");
  verb->callback([] { run_program(options); });
}

} // namespace moesaic::sim
