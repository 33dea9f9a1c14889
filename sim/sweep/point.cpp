#include "sim/sweep/point.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "results/sha256.hpp"

namespace moesaic::sim::sweep {

namespace {

std::vector<Override> overrides_of(const Spec& spec, const Point& point, const std::string& owner) {
  std::vector<Override> overrides;
  for (const Setting& setting : point.settings) {
    const Variable& variable = spec.variables[setting.variable];
    if (std::find(variable.owners.begin(), variable.owners.end(), owner) != variable.owners.end())
      overrides.push_back({variable.key, setting.value.text});
  }
  std::sort(overrides.begin(), overrides.end(),
            [](const Override& a, const Override& b) { return a.path < b.path; });
  return overrides;
}

void append_input(std::string& text, const char* role, const Input& input,
                  const std::vector<Override>& overrides) {
  fmt::format_to(std::back_inserter(text), "{} {} {}\n", role, input.sha256, input.name);
  for (const Override& change : overrides)
    fmt::format_to(std::back_inserter(text), "set {} = {}\n", change.path, change.value);
}

} // namespace

std::vector<Override> machine_overrides(const Spec& spec, const Inputs& inputs, const Point& point) {
  return overrides_of(spec, point, inputs.machines[point.machine].name);
}

std::vector<Override> workload_overrides(const Spec& spec, const Point& point) {
  return overrides_of(spec, point, "workload");
}

std::string point_hash(const Spec& spec, const Inputs& inputs, const Point& point,
                       const std::string& version) {
  std::string text = fmt::format("moesaic {}\n", version);
  append_input(text, "machine", inputs.machines[point.machine], machine_overrides(spec, inputs, point));
  append_input(text, "workload", inputs.workloads[point.workload], workload_overrides(spec, point));
  fmt::format_to(std::back_inserter(text), "tokens {}\nseed {}\n", point.tokens, point.seed);
  return results::sha256(text);
}

} // namespace moesaic::sim::sweep
