#include "sim/neuromorphic/run_spiking.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/error.hpp"
#include "results/json_text.hpp"
#include "results/run_folder.hpp"
#include "sim/machine/machine.hpp"
#include "sim/neuromorphic/unit_tracks.hpp"
#include "workloads/spike_input.hpp"

namespace moesaic::sim {
namespace {

using Steps = std::vector<std::vector<int>>;

std::int64_t differing(const std::vector<Steps>& a, const std::vector<Steps>& b) {
  std::int64_t count = 0;
  std::vector<int> other;
  for (std::size_t p = 0; p < a.size(); ++p)
    for (std::size_t t = 0; t < a[p].size(); ++t) {
      other.clear();
      std::set_symmetric_difference(a[p][t].begin(), a[p][t].end(), b[p][t].begin(), b[p][t].end(), std::back_inserter(other));
      count += static_cast<std::int64_t>(other.size());
    }
  return count;
}

/// The first step in which some neuron spikes on one side only, else the number of steps.
std::int64_t first_difference(const SpikingRun& run, const workloads::NirRun& reference) {
  for (std::int64_t t = 0; t < run.steps; ++t)
    for (std::size_t p = 0; p < reference.spikes.size(); ++p)
      if (reference.spikes[p][static_cast<std::size_t>(t)] != run.result.spikes[p][static_cast<std::size_t>(t)])
        return t;
  return run.steps;
}

/// Over the steps in which the bound holds: those before any spike differs.
void compare_states(SpikingRun& run, const workloads::NirRun& reference) {
  run.compared_steps = first_difference(run, reference);
  double worst = -1;
  const std::vector<double> bounds = mappings::state_bounds(run.held, run.steps);
  for (std::size_t p = 0; p < reference.state.size(); ++p) {
    if (reference.state[p].empty())
      continue;
    const double bound = bounds[p] + 1e-12;
    for (std::size_t t = 0; t < static_cast<std::size_t>(run.compared_steps); ++t)
      for (std::size_t i = 0; i < reference.state[p][t].size(); ++i) {
        const double error = std::abs(reference.state[p][t][i] - run.result.state[p][t][i]);
        if (error / bound <= worst)
          continue;
        worst = error / bound;
        run.largest_error = error;
        run.its_bound = bound;
      }
  }
  run.within_bound = worst <= 1;
}

results::Interval joules_of(const SpikingRun& run, bool of_static) {
  results::Interval joules;
  for (const auto& line : run.ledger.lines())
    if (!of_static || line.kind == hw::EnergyKind::static_power) {
      joules.nominal += line.joules;
      joules.low += line.low;
      joules.high += line.high;
    }
  return joules;
}

/// Without the nominal time: the same spikes at the fast and the slow end of every timing figure. When a spike is sent
/// changes no step's sums.
results::Interval corners(const SpikingRun& run, const workloads::InputSteps& input) {
  const auto at = [&](Corner corner) {
    mappings::NirValues values(run.program, run.held, input, false);
    return hw::run_system(run.chip, run.program, corner, values, run.steps, run.steps).seconds;
  };
  const double fast = at(Corner::fast), slow = at(Corner::slow);
  return {0, std::min(fast, slow), std::max(fast, slow)};
}

std::string in_text(const results::Interval& value, double scale, const char* unit) {
  return fmt::format("{:.4g} {} ({:.3g} to {:.3g})", value.nominal * scale, unit, value.low * scale, value.high * scale);
}

void add_interval(nlohmann::ordered_json& json, const std::string& name, const results::Interval& value) {
  json[name] = value.nominal;
  json[name + "_low"] = value.low;
  json[name + "_high"] = value.high;
}

std::int64_t spikes_of(const SpikingRun& run, std::size_t population) {
  std::int64_t count = 0;
  for (const auto& step : run.result.spikes[population])
    count += static_cast<std::int64_t>(step.size());
  return count;
}

std::string raster(const SpikingRun& run) {
  int neurons = 0;
  for (const auto& p : run.held.network.populations)
    neurons += p.size;
  const double width = 900, height = 500, x = width / static_cast<double>(run.steps), y = height / neurons;
  std::string svg = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" "
                                "font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n", width + 140, height + 40);
  double top = 10;
  for (std::size_t p = 0; p < run.held.network.populations.size(); ++p) {
    const auto& population = run.held.network.populations[p];
    std::string name;
    for (const char c : population.name)
      name += c == '<' || c == '>' || c == '&' || c == '"' ? '_' : c;
    svg += fmt::format("<text x=\"4\" y=\"{:.1f}\">{}</text>\n<path stroke=\"{}\" stroke-width=\"{:.2f}\" d=\"", top + population.size * y / 2 + 4,
                       name, p % 2 == 0 ? "#1f4e8c" : "#b3541e", std::max(0.5, std::min(y, 6.0)));
    for (std::size_t t = 0; t < run.result.spikes[p].size(); ++t)
      for (const int n : run.result.spikes[p][t])
        svg += fmt::format("M{:.2f} {:.2f}h{:.2f}", 120 + static_cast<double>(t) * x, top + (n + 0.5) * y, std::max(0.5, x * 0.8));
    svg += "\"/>\n";
    top += population.size * y;
  }
  return svg + fmt::format("<text x=\"120\" y=\"{:.0f}\">time step 0 to {}; neurons by node, top to bottom</text>\n</svg>\n", top + 20, run.steps - 1);
}

std::string spike_table(const SpikingRun& run) {
  std::string text = "step,node,neuron\n";
  for (std::int64_t t = 0; t < run.steps; ++t)
    for (std::size_t p = 0; p < run.result.spikes.size(); ++p)
      for (const int n : run.result.spikes[p][static_cast<std::size_t>(t)])
        text += fmt::format("{},{},{}\n", t, run.held.network.populations[p].name, n);
  return text;
}

/// States of what Output nodes show.
std::string state_table(const SpikingRun& run) {
  std::string text = "step,node,neuron,state\n";
  for (std::size_t p = 0; p < run.result.state.size(); ++p)
    for (std::size_t t = 0; run.held.network.populations[p].output && t < run.result.state[p].size(); ++t)
      for (std::size_t n = 0; n < run.result.state[p][t].size(); ++n)
        text += fmt::format("{},{},{},{:.9g}\n", t, run.held.network.populations[p].name, n, run.result.state[p][t][n]);
  return text;
}

} // namespace

namespace {

hw::SystemRun run_program(const SpikingRequest& request, mappings::NirValues& values, SpikingRun& run) {
  if (!request.window)
    return hw::run_system(run.chip, run.program, Corner::nominal, values, run.steps, run.steps);
  run.spans = span_log(*request.window, run.seconds.low);
  return hw::run_system(run.chip, run.program, Corner::nominal, values, run.steps, run.steps, run.spans);
}

} // namespace

SpikingRun run_spiking(const SpikingRequest& request) {
  if (!(request.dt > 0) || !std::isfinite(request.dt))
    throw InputError(fmt::format("--dt: {} s: must be over 0", request.dt));
  SpikingRun run;
  const Document machine = machine_description(request.chip);
  machine.root().at("kind").choice({"neuromorphic"});
  run.chip = hw::load_chip(machine);
  const workloads::NirNetwork network = workloads::make_network(workloads::load_nir(request.network), request.dt);
  const auto input = workloads::load_spike_input(request.input, {network.channels, request.dt, request.steps, request.seed});
  run.steps = static_cast<std::int64_t>(input.size());
  run.held = mappings::hold_nir(run.chip, network);
  const auto held_input = mappings::hold_input(run.chip, run.held, input);
  run.program = mappings::make_nir_program(run.chip, run.held);
  mappings::NirValues values(run.program, run.held, held_input);
  run.seconds = corners(run, held_input);
  run.system = run_program(request, values, run);
  const double nominal = run.system.seconds;
  run.seconds = {nominal, std::min(run.seconds.low, nominal), std::max(run.seconds.high, nominal)};
  hw::enter_energy(run.ledger, run.chip, run.program, run.system, run.seconds.nominal, run.seconds.low, run.seconds.high);
  run.result = values.result();
  run.clipped = values.clipped();
  const workloads::NirRun reference = workloads::run_reference(run.held.network, held_input);
  run.spikes_other = differing(run.result.spikes, reference.spikes);
  run.spikes_other_unrounded = differing(run.result.spikes, workloads::run_reference(network, input).spikes);
  compare_states(run, reference);
  return run;
}

std::string spiking_json(const SpikingRun& run) {
  nlohmann::ordered_json nodes = nlohmann::ordered_json::array();
  for (std::size_t p = 0; p < run.held.network.populations.size(); ++p) {
    const auto& population = run.held.network.populations[p];
    nodes.push_back({{"name", population.name}, {"model", to_string(population.model)}, {"neurons", population.size},
                     {"cores", run.program.populations[p].cores}, {"spikes", spikes_of(run, p)}, {"output", population.output}});
  }
  nlohmann::ordered_json json = {{"machine", run.chip.name}, {"chips", run.program.chips}, {"cores", run.program.cores.size()},
      {"steps", run.steps}};
  add_interval(json, "seconds", run.seconds);
  add_interval(json, "joules", joules_of(run, false));
  add_interval(json, "joules_static", joules_of(run, true));
  json.update({{"synaptic_operations", run.system.counts.operations()}, {"messages", run.system.counts.axon_out}, {"flit_hops", run.system.flit_hops},
      {"nodes", nodes}, {"spikes_that_differ", run.spikes_other}, {"spikes_that_differ_from_unrounded_weights", run.spikes_other_unrounded},
      {"steps_compared", run.compared_steps}, {"largest_state_error", run.largest_error}, {"its_bound", run.its_bound}, {"within_bound", run.within_bound}, {"clipped", run.clipped}});
  return results::json_document(json);
}

std::string spiking_text(const SpikingRun& run) {
  std::string text = hw::describe(run.chip, run.program);
  text += fmt::format("\n{} steps in {}, {}, of it {} static; {} synaptic operations, {} messages\n"
                      "  in parentheses the interval that the constants' confidence gives\n",
                      run.steps, in_text(run.seconds, 1e3, "ms"), in_text(joules_of(run, false), 1e3, "mJ"),
                      in_text(joules_of(run, true), 1e3, "mJ"), run.system.counts.operations(), run.system.counts.axon_out);
  for (std::size_t p = 0; p < run.held.network.populations.size(); ++p)
    text += fmt::format("  {:<24} {:>8} spikes of {} {} neurons{}\n", run.held.network.populations[p].name, spikes_of(run, p),
                        run.held.network.populations[p].size, to_string(run.held.network.populations[p].model),
                        run.held.network.populations[p].output ? " (shown by an Output)" : "");
  text += fmt::format("against the equations on the numbers as held: {} spikes differ; over the {} steps before any does,\n"
                      "  largest state error {:.3e} of {:.3e}: {}\n",
                      run.spikes_other, run.compared_steps, run.largest_error, run.its_bound,
                      run.within_bound ? "within the bound" : "OUTSIDE THE BOUND");
  if (run.clipped > 0)
    text += fmt::format("{} times a current or state reached the end of its accumulator and was clipped, which the bound leaves out\n",
                        run.clipped);
  return text + fmt::format("against the equations on the file's own numbers: {} spikes differ\n", run.spikes_other_unrounded);
}

void write_spiking_folder(const std::string& folder, const SpikingRun& run) {
  results::write_folder(folder, [&](const std::string& partial) {
    results::write_file(partial + "/spikes.csv", spike_table(run));
    results::write_file(partial + "/states.csv", state_table(run));
    results::write_file(partial + "/raster.svg", raster(run));
    results::write_file(partial + "/run.json", spiking_json(run) + "\n");
  });
}

} // namespace moesaic::sim
