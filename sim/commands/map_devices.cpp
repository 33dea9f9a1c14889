#include "sim/commands/map_devices.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/check/violation.hpp"
#include "mappings/format/device_mapping.hpp"
#include "sim/neuromorphic/placed_moe.hpp"

namespace moesaic::sim {

namespace {

struct Candidate {
  mappings::DeviceMapping mapping;
  double seconds = 0, joules = 0; ///< of the batch
  std::string bound;

  double value(mappings::Objective objective) const {
    return mappings::objective_value(objective, seconds, joules, mapping.chips);
  }
};

std::vector<std::string> wanted(const Machine& machine, const std::string& strategy) {
  const auto all = machine.device_strategies();
  if (all.empty())
    throw InputError(fmt::format("{}: placing is not supported on this machine", machine.name()));
  if (strategy == "best")
    return all;
  if (std::find(all.begin(), all.end(), strategy) == all.end())
    throw InputError(fmt::format("--strategy: unknown '{}'{}; there are best, {} on {}", strategy, suggestion(strategy, all),
                                 fmt::join(all, ", "), machine.name()));
  return strategy == all[0] ? std::vector<std::string>{strategy} : std::vector<std::string>{all[0], strategy};
}

/// Makes, proves and simulates one.
Candidate candidate(const Machine& machine, const DeviceMapOptions& options, const workloads::MoeLayer& layer,
                    const DeviceRequest& request, const workloads::Routing& routing) {
  Candidate made;
  made.mapping = machine.map_devices(layer, request);
  made.mapping.machine = options.machine;
  made.mapping.workload = options.workload;
  made.mapping.objective = mappings::objective_names()[static_cast<std::size_t>(options.objective)];
  made.mapping.seed = options.seed;
  const auto check = machine.check_devices(made.mapping, layer, workloads::make_trace(layer, 1, options.seed), 0);
  if (!check.violations.empty())
    throw InputError(fmt::format("{}: {}: {}", machine.name(), request.strategy, mappings::to_text(check.violations.front())));
  MoeTask task{layer, routing, options.seed};
  auto named = std::make_shared<mappings::DeviceMapping>(made.mapping);
  named->machine = machine.name();
  task.devices = named;
  task.brief = true;
  const results::RunRecord record = machine.run(task);
  made.seconds = record.seconds.nominal;
  made.joules = record.joules.nominal;
  made.bound = record.bound;
  return made;
}

std::string table(const std::vector<Candidate>& all, const Candidate* chosen, int tokens) {
  std::string text = fmt::format("{:10} {:>6} {:>14} {:>16} {:>8}  {}\n", "strategy", "chips", "latency", "energy/token",
                                 "gain", "bound by");
  for (const Candidate& one : all)
    text += fmt::format("{:10} {:>6} {:>11.4g} us {:>13.4g} mJ {:>8.3f}  {}{}\n", one.mapping.strategy, one.mapping.chips,
                        one.seconds * 1e6, one.joules / tokens * 1e3,
                        all[0].seconds * all[0].joules / (one.seconds * one.joules), one.bound,
                        &one == chosen ? "  chosen" : "");
  return text + fmt::format("gain: energy-delay of {} over the strategy's\n", all[0].mapping.strategy);
}

} // namespace

void map_onto_devices(const Machine& machine, const DeviceMapOptions& options) {
  const auto layer = workloads::load_moe_layer(options.workload);
  const auto names = wanted(machine, options.gain ? "best" : options.strategy);
  DeviceRequest request{"", options.chips, options.resident, options.redundant, {}};
  request.load = workloads::make_trace(layer, balancing_tokens, options.seed).load();
  const auto routing = workloads::make_trace(layer, options.batch, options.gain ? options.seed + other_trace : options.seed);
  std::vector<Candidate> all;
  std::string left_out;
  for (const std::string& name : names) {
    request.strategy = name;
    try {
      all.push_back(candidate(machine, options, layer, request, routing));
    } catch (const InputError& error) {
      if (all.empty() || name == options.strategy)
        throw;
      left_out += fmt::format("left out: {}: {}\n", name, error.what());
    }
  }
  const Candidate* chosen = &all.back();
  if (options.strategy == "best")
    chosen = &*std::min_element(all.begin(), all.end(), [&](const Candidate& a, const Candidate& b) {
      return a.value(options.objective) < b.value(options.objective);
    });
  fmt::print("{} on {}, {} token{} at once{}\n\n{}{}", layer.title, machine.name(), options.batch, options.batch == 1 ? "" : "s",
             options.gain ? ", of another trace than the one placed for" : "", table(all, options.gain ? nullptr : chosen, options.batch),
             left_out);
  if (options.output.empty())
    return;
  mappings::save_device_mapping(chosen->mapping, options.output);
  fmt::print("\nmapping      {}\n", options.output);
}

} // namespace moesaic::sim
