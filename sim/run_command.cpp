// `moesaic run PROGRAM.yaml --on MACHINE`: one program that a user wrote, on one machine.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include "description/document.hpp"
#include "results/run_folder.hpp"
#include "results/table.hpp"
#include "sim/commands.hpp"
#include "sim/run_associative.hpp"

namespace moesaic::sim {

namespace {

struct Options {
  std::string program, machine = "gemini1", trace;
  bool json = false;
};

void run_program(const Options& options) {
  const Document program = Document::load(catalog_file("workloads/catalog", options.program, "program"));
  const Document machine = Document::load(catalog_file("hw/catalog", options.machine, "machine"));
  program.root().at("kind").choice({"associative_program"});
  machine.root().at("kind").choice({"associative"});
  const auto record = run_associative_program(program, machine);
  if (!options.trace.empty())
    results::write_file(options.trace, associative_trace(program, machine));
  if (options.json)
    fmt::print("{}\n", associative_json(record));
  else
    fmt::print("{}", associative_text(record));
}

} // namespace

void add_run_command(CLI::App& app) {
  static Options options;
  CLI::App* verb = app.add_subcommand("run", "run one program on one machine");
  verb->add_option("PROGRAM", options.program, "an associative program: catalog name or .yaml file")->required();
  verb->add_option("--on", options.machine, "the machine: catalog name or .yaml file")->capture_default_str();
  verb->add_option("--trace", options.trace, "also write what ran when, as JSON that Perfetto opens");
  verb->add_flag("--json", options.json, "print cycles, milliseconds, joules and shares as JSON");
  verb->callback([] { run_program(options); });
}

} // namespace moesaic::sim
