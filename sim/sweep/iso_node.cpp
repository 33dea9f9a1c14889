#include "sim/sweep/iso_node.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/technology.hpp"
#include "results/sha256.hpp"

namespace moesaic::sim::sweep {

namespace {

bool lies_below(const std::string& path, const std::string& above) {
  return path.compare(0, above.size(), above) == 0 &&
         (path.size() == above.size() || path[above.size()] == '.' || path[above.size()] == '[');
}

std::vector<Figure> scaled_figures(const Spec& spec, const Input& machine, const Process& process,
                                   double node, const std::vector<Figure>& figures,
                                   const hw::Technology& technology) {
  std::vector<Figure> scaled;
  for (const std::string& above : process.scales) {
    bool any = false;
    for (const Figure& figure : figures) {
      if (!lies_below(figure.path, above))
        continue;
      any = true;
      const bool known = std::any_of(scaled.begin(), scaled.end(),
                                     [&](const Figure& other) { return other.path == figure.path; });
      Figure other = technology.scaled(figure, process.node, node);
      if (!known && other.value != figure.value)
        scaled.push_back(std::move(other));
    }
    if (!any)
      throw InputError(fmt::format("{}: technology.machines.{}.scales: {} reads no figure below '{}'",
                                   spec.file, machine.name, machine.name, above));
  }
  return scaled;
}

} // namespace

Inputs at_nodes(const Spec& spec, const Inputs& inputs, const std::vector<std::vector<Figure>>& figures) {
  static const Source published = {"published process scaling factors", "hw/technology/scaling.yaml"};
  for (const Variable& variable : spec.variables)
    if (std::any_of(variable.owners.begin(), variable.owners.end(),
                    [](const std::string& owner) { return owner != "workload"; }))
      throw InputError(variable.place + "varying a machine that `technology` scales is not supported");
  const auto technology = hw::Technology::load();
  Inputs all;
  all.workloads = inputs.workloads;
  for (std::size_t m = 0; m < inputs.machines.size(); ++m)
    for (const double node : spec.nodes) {
      const Input& built = inputs.machines[m];
      if (node == 0) {
        all.machines.push_back(built);
        continue;
      }
      const std::string name = fmt::format("{}@{:.3g}nm", built.name, node * 1e9);
      const auto scaled = scaled_figures(spec, built, spec.processes[m], node, figures[m], technology);
      Document document = with_figures(built.document, scaled, published, name + ".yaml");
      std::string hash = results::sha256(document.text());
      all.machines.push_back({name, std::move(document), std::move(hash)});
    }
  return all;
}

} // namespace moesaic::sim::sweep
