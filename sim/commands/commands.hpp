// The verbs of the command line. Each adds its own subcommand, options and callback to the program.
// A callback throws InputError for bad input (exit code 2) and CLI::RuntimeError(1) for a negative answer.
#pragma once

namespace CLI {
class App;
}

namespace moesaic::sim {

void add_compare_command(CLI::App& app);
void add_noc_command(CLI::App& app);
void add_validate_command(CLI::App& app);
void add_catalog_commands(CLI::App& app); ///< hw and workload: list, show
void add_model_commands(CLI::App& workload); ///< below workload: evaluate, trace
void add_report_command(CLI::App& app);
void add_sweep_command(CLI::App& app);
void add_run_command(CLI::App& app);
void add_fit_command(CLI::App& app);
void add_map_command(CLI::App& app);
void add_check_command(CLI::App& app);

} // namespace moesaic::sim
