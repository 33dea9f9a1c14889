#include "sim/sweep/point.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "results/sha256.hpp"

namespace moesaic::sim::sweep {

namespace {

bool has_owner(const Variable& variable, const std::string& owner) {
  return std::find(variable.owners.begin(), variable.owners.end(), owner) != variable.owners.end();
}

std::vector<Override> overrides_of(const Spec& spec, const Point& point, const std::string& owner) {
  std::vector<Override> overrides;
  for (const Setting& setting : point.settings) {
    const Variable& variable = spec.variables[setting.variable];
    if (has_owner(variable, owner) && !variable.mapping)
      overrides.push_back({variable.key, setting.value.text});
  }
  std::sort(overrides.begin(), overrides.end(),
            [](const Override& a, const Override& b) { return a.path < b.path; });
  return overrides;
}

} // namespace

std::string mapping_file(const Spec& spec, const Point& point) {
  for (const Setting& setting : point.settings)
    if (spec.variables[setting.variable].mapping && setting.value.text != "none")
      return setting.value.text;
  return "";
}

std::vector<Override> machine_overrides(const Spec& spec, const Inputs& inputs, const Point& point) {
  return overrides_of(spec, point, inputs.machines[point.machine].name);
}

std::vector<Override> workload_overrides(const Spec& spec, const Point& point) {
  return overrides_of(spec, point, "workload");
}

std::string point_hash(const Spec& spec, const Inputs& inputs, const Point& point, const std::string& version) {
  return PointNamer(spec, inputs, version).name(point);
}

PointNamer::PointNamer(const Spec& spec, const Inputs& inputs, const std::string& version)
    : head_(fmt::format("moesaic {}\n", version)), mappings_(inputs.mappings) {
  for (const Input& machine : inputs.machines)
    machines_.push_back(part_of("machine", machine, spec, machine.name));
  for (const Input& workload : inputs.workloads)
    workloads_.push_back(part_of("workload", workload, spec, "workload"));
}

PointNamer::Part PointNamer::part_of(const char* role, const Input& input, const Spec& spec,
                                     const std::string& owner) {
  Part part{fmt::format("{} {} {}\n", role, input.sha256, input.name), {}};
  for (std::size_t i = 0; i < spec.variables.size(); ++i)
    if (has_owner(spec.variables[i], owner))
      part.settings.emplace_back(i, spec.variables[i].key);
  std::sort(part.settings.begin(), part.settings.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
  for (auto& [variable, text] : part.settings)
    text = fmt::format("set {} = ", text);
  return part;
}

void PointNamer::append(std::string& text, const Part& part, const Point& point) const {
  text += part.text;
  for (const auto& [variable, set] : part.settings)
    for (const Setting& setting : point.settings)
      if (setting.variable == variable)
        ((text += set) += written(setting.value.text)) += '\n';
}

/// What a mapping file holds counts, not where it lies.
const std::string& PointNamer::written(const std::string& value) const {
  const auto mapping = mappings_.find(value);
  return mapping == mappings_.end() ? value : mapping->second;
}

std::string PointNamer::name(const Point& point) const {
  std::string text = head_;
  text.reserve(1024);
  append(text, machines_[point.machine], point);
  append(text, workloads_[point.workload], point);
  fmt::format_to(std::back_inserter(text), "tokens {}\nseed {}\n", point.tokens, point.seed);
  return results::sha256(text);
}

} // namespace moesaic::sim::sweep
