// The program `moesaic`: reads the command line, runs the verb, turns errors into exit codes.
#include <systemc>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "description/error.hpp"
#include "sim/commands/commands.hpp"
#include "sim/commands/words.hpp"
#include "sim/environment.hpp"

// SystemC's library wants this symbol; the program elaborates and starts its simulations itself.
int sc_main(int, char**) {
  return 0;
}

int main(int argc, char** argv) {
  using namespace moesaic;
  CLI::App app{
      "moesaic simulates what Mixture-of-Experts workloads cost on neuromorphic chips and associative\n"
      "processors, and sets latency and energy beside a GPU baseline calibrated on measurements."};
  app.name("moesaic");
  app.set_version_flag("--version", MOESAIC_VERSION);
  app.require_subcommand(1);
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    std::string command = "moesaic";
    for (const auto* verb = failed; !verb->get_subcommands().empty(); verb = verb->get_subcommands().front())
      command += ' ' + verb->get_subcommands().front()->get_name();
    return fmt::format("moesaic: {}\nmoesaic: `{} --help` says what is understood\n", error.what(), command);
  });
  try {
    sim::check_environment();
    sim::add_compare_command(app);
    sim::add_run_command(app);
    sim::add_noc_command(app);
    sim::add_map_command(app);
    sim::add_check_command(app);
    sim::add_fit_command(app);
    sim::add_validate_command(app);
    sim::add_catalog_commands(app);
    sim::add_report_command(app);
    sim::add_sweep_command(app);
    sim::refuse_wrapped_counts(app);
    sim::check_words(app, argc, argv);
    app.parse(argc, argv);
    if (std::fflush(stdout) != 0)
      throw InputError(fmt::format("standard output cannot be written: {}", std::strerror(errno)));
    return 0;
  } catch (const CLI::RuntimeError& verdict) {
    return verdict.get_exit_code();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const InputError& error) {
    fmt::print(stderr, "moesaic: {}\n", error.what());
    return 2;
  } catch (const std::system_error& error) { // a disk that is full, a name that is too long
    fmt::print(stderr, "moesaic: {}\n", error.what());
    return 2;
  } catch (const std::exception& bug) {
    fmt::print(stderr, "moesaic: internal error: {}\n", bug.what());
    return 70;
  }
}
