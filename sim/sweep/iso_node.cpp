#include "sim/sweep/iso_node.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/process_node.hpp"
#include "results/sha256.hpp"

namespace moesaic::sim::sweep {

Inputs at_nodes(const Spec& spec, const Inputs& inputs, const std::vector<std::vector<Figure>>& figures) {
  for (const Variable& variable : spec.variables)
    if (std::any_of(variable.owners.begin(), variable.owners.end(),
                    [](const std::string& owner) { return owner != "workload"; }))
      throw InputError(variable.place + "varying a machine that `technology` scales is not supported; one that is named "
                                        "with its node, as in loihi2@4nm, can be varied");
  const auto technology = hw::Technology::load();
  Inputs all;
  all.workloads = inputs.workloads;
  all.mappings = inputs.mappings;
  for (std::size_t m = 0; m < inputs.machines.size(); ++m)
    for (const double node : spec.nodes) {
      const Input& built = inputs.machines[m];
      if (node == 0) {
        all.machines.push_back(built);
        continue;
      }
      const auto own = hw::read_process(built.document);
      auto process = spec.processes[m] ? spec.processes[m] : own;
      if (!process)
        throw InputError(fmt::format("{}: technology: neither `machines` here nor {}'s description says its process node",
                                     spec.file, built.name));
      if (own) // what lies off the die does so whatever a sweep says of the die
        process->steady_clock = own->steady_clock, process->steady = own->steady;
      const std::string name = hw::name_at(built.name, node);
      Document document = hw::at_node(built.document, name, *process, node, figures[m], technology);
      std::string hash = results::sha256(document.text());
      all.machines.push_back({name, std::move(document), std::move(hash)});
    }
  return all;
}

} // namespace moesaic::sim::sweep
