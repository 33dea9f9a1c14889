#include "mappings/format/mapping.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mappings/format/table.hpp"

namespace moesaic::mappings {

std::int32_t group_count(const Mapping& mapping) {
  return mapping.members.empty() ? 0 : mapping.members.back().group + 1;
}

std::vector<std::string> difference(const Mapping& a, const Mapping& b, std::size_t most) {
  std::vector<std::string> lines;
  const auto compare = [&](const std::string& what, const auto& left, const auto& right) {
    if (left != right && lines.size() < most)
      lines.push_back(fmt::format("{}: {} | {}", what, left, right));
  };
  compare("machine", a.machine, b.machine);
  compare("workload", a.workload, b.workload);
  compare("strategy", a.strategy, b.strategy);
  compare("objective", a.objective, b.objective);
  compare("seed", a.seed, b.seed);
  compare("chips across", a.chips_across, b.chips_across);
  compare("chips down", a.chips_down, b.chips_down);
  compare("resident", a.resident, b.resident);
  const auto& rules = replica_rule_names();
  if (Replicas(a.replicas).any() || Replicas(b.replicas).any())
    compare("replica rule", rules[static_cast<std::size_t>(a.replica_rule)], rules[static_cast<std::size_t>(b.replica_rule)]);
  compare("experts", a.replicas.size(), b.replicas.size());
  for (std::size_t e = 0; e < std::min(a.replicas.size(), b.replicas.size()); ++e)
    compare(fmt::format("replicas of expert {}", e), a.replicas[e], b.replicas[e]);
  compare("populations", a.populations.size(), b.populations.size());
  for (std::size_t p = 0; p < std::min(a.populations.size(), b.populations.size()); ++p) {
    compare(fmt::format("populations[{}].name", p), a.populations[p].name, b.populations[p].name);
    compare(fmt::format("populations[{}].cluster", p), a.populations[p].cluster, b.populations[p].cluster);
    compare(fmt::format("populations[{}].expert", p), a.populations[p].expert, b.populations[p].expert);
    compare(fmt::format("populations[{}].replica", p), a.populations[p].replica, b.populations[p].replica);
  }
  const auto left = to_tables(a), right = to_tables(b);
  for (std::size_t t = 0; t < left.size(); ++t) {
    compare(left[t].name + " rows", left[t].rows(), right[t].rows());
    const std::size_t cells = std::min(left[t].cells.size(), right[t].cells.size()),
                      n = left[t].columns.size();
    for (std::size_t i = 0; i < cells && lines.size() < most; ++i)
      if (left[t].cells[i] != right[t].cells[i])
        compare(fmt::format("{}[{}].{}", left[t].name, i / n, left[t].columns[i % n]), left[t].cells[i],
                right[t].cells[i]);
  }
  return lines;
}

bool operator==(const Mapping& a, const Mapping& b) {
  return difference(a, b, 1).empty();
}

} // namespace moesaic::mappings
