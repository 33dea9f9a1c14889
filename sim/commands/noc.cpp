// `moesaic noc`: latency and accepted rate of a network on chip under synthetic or recorded traffic.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>

#include "description/error.hpp"
#include "hw/noc/deadlock.hpp"
#include "results/json_text.hpp"
#include "results/run_folder.hpp"
#include "sim/commands/commands.hpp"
#include "sim/commands/noc_options.hpp"
#include "sim/commands/noc_picture.hpp"

namespace moesaic::sim {

using namespace hw::noc;

namespace {

struct Row {
  double rate = 0, seconds = 0; ///< host seconds
  Measurement measured;         ///< in units of the experiment
};

std::unique_ptr<Traffic> make_traffic(const NocOptions& options, const NocExperiment& experiment,
                                      double rate) {
  if (!experiment.trace.empty())
    return recorded_traffic(experiment.trace);
  const auto& names = Pattern::names();
  const auto kind = std::find(names.begin(), names.end(), options.pattern) - names.begin();
  const Pattern pattern(static_cast<Pattern::Kind>(kind), experiment.config.topology, options.hotspots,
                        options.hotspot_share);
  return bernoulli_traffic(experiment.config.topology, pattern, rate / experiment.ticks_per_unit,
                           options.packet, options.seed);
}

/// A trace is measured whole: from its first request until all of it has arrived, however long that takes.
MeasurementPlan plan_for(const NocExperiment& experiment) {
  MeasurementPlan plan = experiment.plan;
  if (!experiment.trace.empty()) {
    plan.warm_up = 0;
    plan.measure = experiment.trace.back().cycle;
    plan.drain = Traffic::never;
    plan.latency_limit = 1e300;
  }
  return plan;
}

Row run_point(const NocOptions& options, const NocExperiment& experiment, double rate) {
  const auto traffic = make_traffic(options, experiment, rate);
  const auto start = std::chrono::steady_clock::now();
  Row row{rate, 0, measure(experiment.config, *traffic, plan_for(experiment))};
  row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  Measurement& m = row.measured;
  m.latency /= experiment.ticks_per_unit;
  m.latency_99 /= experiment.ticks_per_unit;
  m.offered *= experiment.ticks_per_unit;
  m.accepted *= experiment.ticks_per_unit;
  if (!experiment.trace.empty())
    row.rate = m.offered;
  return row;
}

nlohmann::ordered_json to_json(const Row& row, const NocExperiment& experiment) {
  const Measurement& m = row.measured;
  nlohmann::ordered_json json = {
      {"rate", row.rate},
      {"latency", m.latency},
      {"accepted", m.accepted},
      {"saturated", m.saturated},
      {"flit_hops", m.flit_hops},
      {"seconds", row.seconds},
      {"offered", m.offered},
      {"latency_99", m.latency_99},
      {"latency_max", static_cast<double>(m.latency_max) / experiment.ticks_per_unit},
      {"packets", m.packets},
      {"unarrived", m.unarrived},
      {"cycles", m.cycles},
      {"unit", experiment.unit}};
  for (std::size_t link = 0; link < m.link_flits.size(); ++link)
    json["link_flits"][experiment.config.topology.link_classes()[link].name] = m.link_flits[link];
  for (std::size_t level = 0; level < experiment.level_picojoules.size(); ++level)
    json["link_energy_pj"][experiment.config.topology.link_classes()[first_level_link + level].name] =
        experiment.level_picojoules[level] * static_cast<double>(m.link_flits[first_level_link + level]);
  return json;
}

void print_header(const NocOptions& options, const NocExperiment& experiment) {
  fmt::print(
      "{}, {} virtual channels x {} flits, {} traffic; rates in flits per node and {}, latency in {}\n\n"
      "{:>8} {:>10} {:>10} {:>10} {:>12} {:>9}\n",
      options.shape(), options.vcs, options.depth, options.pattern, experiment.unit,
      experiment.unit == "ns" ? "ns" : "cycles", "rate", "latency", "99 %", "accepted", "flit hops",
      "seconds");
}

void print_row(const Row& row) {
  const Measurement& m = row.measured;
  const std::string percentile = fmt::format("{}{:.0f}", m.unarrived > 0 ? ">=" : "", m.latency_99);
  fmt::print("{:>8.4g} {:>10.2f} {:>10} {:>10.4f} {:>12} {:>9.2f}{}\n", row.rate, m.latency, percentile, m.accepted,
             m.flit_hops, row.seconds, m.saturated ? "  saturated" : "");
  std::fflush(stdout);
}

std::string to_csv(const std::vector<Row>& rows) {
  std::string csv =
      "rate,latency,latency_99,latency_max,offered,accepted,saturated,flit_hops,cycles,seconds,unarrived\n";
  for (const Row& row : rows) {
    const Measurement& m = row.measured;
    csv += fmt::format("{},{},{},{},{},{},{:d},{},{},{:.3f},{}\n", row.rate, m.latency, m.latency_99,
                       m.latency_max, m.offered, m.accepted, m.saturated, m.flit_hops, m.cycles, row.seconds, m.unarrived);
  }
  return csv;
}

void run_noc(const NocOptions& options) {
  for (const std::string& file : {options.csv, options.svg})
    if (!file.empty())
      results::check_place(file);
  const NocExperiment experiment = make_noc_experiment(options);
  std::vector<double> rates = experiment.rates;
  if (rates.empty())
    rates.push_back(0); // a trace has its own
  for (const double rate : rates)
    make_traffic(options, experiment,
                 rate); // refuses bad rates and patterns before anything runs or is written
  std::vector<Row> rows;
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  if (!options.json)
    print_header(options, experiment);
  for (const double rate : rates) {
    rows.push_back(run_point(options, experiment, rate));
    json.push_back(to_json(rows.back(), experiment));
    if (!options.json)
      print_row(rows.back());
  }
  if (options.json)
    fmt::print("{}\n", results::json_document(json));
  if (!options.csv.empty())
    results::write_file(options.csv, to_csv(rows));
  if (!options.svg.empty()) {
    std::vector<CurvePoint> points;
    for (const Row& row : rows)
      points.push_back({row.rate, row.measured.latency, row.measured.saturated});
    results::write_file(options.svg, draw_latency_curve(fmt::format("{}, {} traffic", options.shape(), options.pattern),
                                               experiment.unit, points));
  }
}

} // namespace

void add_noc_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("noc", "measure a network on chip under synthetic or recorded traffic");
  const auto options = std::make_shared<NocOptions>();
  options->declare(*command);
  command->callback([options, command] {
    options->check_used(*command);
    try {
      run_noc(*options);
    } catch (const DeadlockError& error) {
      fmt::print(stderr, "moesaic: {}\n", error.what());
      throw CLI::RuntimeError(1);
    }
  });
}

} // namespace moesaic::sim
