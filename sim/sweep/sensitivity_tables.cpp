#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "sim/sweep/sensitivity.hpp"

namespace moesaic::sim::sweep {

namespace {

/// The costs of one machine in one group (workload and batch), by what they are for.
struct MachineCosts {
  std::vector<double> nominal; ///< empty: no result
  std::map<std::size_t, std::vector<double>> low, high, sample;
};

struct Group {
  std::size_t workload = 0;
  int tokens = 1;
  std::vector<MachineCosts> machines;
};

std::vector<Group> grouped(const SensitivityPlan& sensitivity, const std::vector<CollectedPoint>& points) {
  const Plan& plan = sensitivity.plan;
  std::vector<Group> groups;
  for (const CollectedPoint& collected : points) {
    const Point& point = plan.points[collected.index];
    if (groups.empty() || groups.back().workload != point.workload || groups.back().tokens != point.tokens)
      groups.push_back(
          {point.workload, point.tokens, std::vector<MachineCosts>(plan.inputs.machines.size())});
    MachineCosts& costs = groups.back().machines[point.machine];
    const Role& role = sensitivity.roles[collected.index];
    if (collected.costs.empty())
      continue;
    switch (role.kind) {
    case Role::Kind::nominal:
      costs.nominal = collected.costs;
      break;
    case Role::Kind::low:
      costs.low[role.number] = collected.costs;
      break;
    case Role::Kind::high:
      costs.high[role.number] = collected.costs;
      break;
    case Role::Kind::sample:
      costs.sample[role.number] = collected.costs;
      break;
    }
  }
  return groups;
}

/// The costs of a machine in a sample: where it has no intervals, its nominal ones.
const std::vector<double>* in_sample(const MachineCosts& costs, std::size_t sample) {
  if (costs.low.empty() && costs.high.empty() && costs.sample.empty())
    return costs.nominal.empty() ? nullptr : &costs.nominal;
  const auto found = costs.sample.find(sample);
  return found == costs.sample.end() ? nullptr : &found->second;
}

double percentile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(std::llround(share * static_cast<double>(sorted.size() - 1)))];
}

struct RankingRow {
  std::string workload, objective, machine;
  std::uint64_t tokens, samples;
  double nominal, low, median, high, wins, error;
};

/// Counts, over the samples in which all machines that run at all have a result, who has the least cost.
void rank(const SensitivityPlan& sensitivity, const Group& group, std::size_t objective,
          std::vector<RankingRow>& rows) {
  const Plan& plan = sensitivity.plan;
  const std::size_t machines = group.machines.size();
  std::vector<std::vector<double>> values(machines);
  std::vector<double> wins(machines, 0);
  for (std::size_t sample = 0; sample < static_cast<std::size_t>(plan.spec.samples); ++sample) {
    std::vector<std::pair<double, std::size_t>> costs;
    bool complete = true;
    for (std::size_t m = 0; m < machines; ++m)
      if (const auto* cost = in_sample(group.machines[m], sample))
        costs.emplace_back((*cost)[objective], m);
      else if (!group.machines[m].nominal.empty())
        complete = false;
    if (!complete || costs.empty())
      continue;
    for (const auto& [cost, m] : costs)
      values[m].push_back(cost);
    const double least = std::min_element(costs.begin(), costs.end())->first;
    const auto equals =
        std::count_if(costs.begin(), costs.end(), [&](const auto& c) { return c.first == least; });
    for (const auto& [cost, m] : costs)
      if (cost == least)
        wins[m] += 1.0 / static_cast<double>(equals); // a tie is shared
  }
  const double sign = plan.spec.objectives[objective].maximise ? -1 : 1;
  for (std::size_t m = 0; m < machines; ++m) {
    if (values[m].empty())
      continue;
    const auto n = static_cast<double>(values[m].size());
    for (double& value : values[m])
      value *= sign;
    std::sort(values[m].begin(), values[m].end());
    const double share = wins[m] / n;
    rows.push_back({plan.inputs.workloads[group.workload].name, plan.spec.objectives[objective].name,
                    plan.inputs.machines[m].name, static_cast<std::uint64_t>(group.tokens), values[m].size(),
                    sign * group.machines[m].nominal[objective], percentile(values[m], 0.05),
                    percentile(values[m], 0.5), percentile(values[m], 0.95), share,
                    std::sqrt(share * (1 - share) / n)});
  }
}

struct TornadoRow {
  std::string workload, objective, machine, constant, confidence, source;
  std::uint64_t tokens, flips;
  double low, nominal, high, swing;
};

/// The machine of least nominal cost, when machine `moved` costs `cost` instead.
std::size_t winner(const Group& group, std::size_t objective, std::size_t moved, double cost) {
  std::size_t best = moved;
  double least = cost;
  for (std::size_t m = 0; m < group.machines.size(); ++m)
    if (m != moved && !group.machines[m].nominal.empty() && group.machines[m].nominal[objective] < least)
      least = group.machines[m].nominal[objective], best = m;
  return best;
}

void tornado(const SensitivityPlan& sensitivity, const Group& group, std::size_t objective,
             std::vector<TornadoRow>& rows) {
  const Plan& plan = sensitivity.plan;
  const double sign = plan.spec.objectives[objective].maximise ? -1 : 1;
  for (std::size_t m = 0; m < group.machines.size(); ++m) {
    const MachineCosts& costs = group.machines[m];
    if (costs.nominal.empty())
      continue;
    const std::size_t first = winner(group, objective, m, costs.nominal[objective]);
    std::vector<TornadoRow> own;
    for (const auto& [variable, low] : costs.low) {
      const auto high = costs.high.find(variable);
      if (high == costs.high.end())
        continue;
      const double a = low[objective], b = high->second[objective];
      const bool flips = winner(group, objective, m, a) != first || winner(group, objective, m, b) != first;
      const Figure& figure = sensitivity.figures[variable];
      own.push_back({plan.inputs.workloads[group.workload].name, plan.spec.objectives[objective].name,
                     plan.inputs.machines[m].name, figure.path, to_string(figure.confidence), figure.source,
                     static_cast<std::uint64_t>(group.tokens), std::uint64_t{flips}, sign * a,
                     sign * costs.nominal[objective], sign * b, std::abs(b - a)});
    }
    std::stable_sort(own.begin(), own.end(),
                     [](const TornadoRow& a, const TornadoRow& b) { return a.swing > b.swing; });
    rows.insert(rows.end(), own.begin(), own.end());
  }
}

template <class Row, class Cell>
Column column(const char* name, const std::vector<Row>& rows, Cell Row::*member) {
  std::vector<Cell> cells;
  for (const Row& row : rows)
    cells.push_back(row.*member);
  return {name, std::move(cells)};
}

} // namespace

FurtherTables sensitivity_tables(const SensitivityPlan& sensitivity,
                                 const std::vector<CollectedPoint>& points) {
  std::vector<RankingRow> r;
  std::vector<TornadoRow> t;
  for (const Group& group : grouped(sensitivity, points))
    for (std::size_t objective = 0; objective < sensitivity.plan.spec.objectives.size(); ++objective) {
      rank(sensitivity, group, objective, r);
      tornado(sensitivity, group, objective, t);
    }
  const Columns ranking = {
      column("workload", r, &RankingRow::workload),   column("tokens", r, &RankingRow::tokens),
      column("objective", r, &RankingRow::objective), column("machine", r, &RankingRow::machine),
      column("nominal", r, &RankingRow::nominal),     column("p05", r, &RankingRow::low),
      column("median", r, &RankingRow::median),       column("p95", r, &RankingRow::high),
      column("wins", r, &RankingRow::wins),           column("standard_error", r, &RankingRow::error),
      column("samples", r, &RankingRow::samples)};
  const Columns constants = {
      column("workload", t, &TornadoRow::workload),     column("tokens", t, &TornadoRow::tokens),
      column("objective", t, &TornadoRow::objective),   column("machine", t, &TornadoRow::machine),
      column("constant", t, &TornadoRow::constant),     column("at_low", t, &TornadoRow::low),
      column("nominal", t, &TornadoRow::nominal),       column("at_high", t, &TornadoRow::high),
      column("swing", t, &TornadoRow::swing),           column("flips", t, &TornadoRow::flips),
      column("confidence", t, &TornadoRow::confidence), column("source", t, &TornadoRow::source)};
  return {{"ranking", ranking}, {"tornado", constants}};
}

} // namespace moesaic::sim::sweep
