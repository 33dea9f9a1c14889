#include "sim/sweep/candidates.hpp"

#include <algorithm>

#include "sim/sweep/objective.hpp"

namespace moesaic::sim::sweep {

namespace {

using Costs = std::vector<double>;

constexpr std::size_t tried = 8; ///< points of each block that are simulated to compare

bool beats(const Costs& a, const Costs& b) {
  return a != b && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) { return x <= y; });
}

/// Of some costs, which are on their front.
std::vector<std::size_t> front_of(const std::vector<std::size_t>& members, const std::vector<Costs>& costs) {
  const auto best = pareto_front(costs);
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (best[i])
      front.push_back(members[i]);
  return front;
}

} // namespace

Candidates::Candidates(const Plan& plan, const Finished& estimates) : plan_(plan) {
  for (const Point& point : plan.points) {
    candidates_.emplace_back();
    const auto& found = *estimates.at(point.hash);
    if (found.has_result())
      if (auto costs = costs_of(plan.spec, point, found))
        candidates_.back().estimate = std::move(*costs);
  }
}

Candidates::Block Candidates::block_of(std::size_t which) const {
  const Point& point = plan_.points[which];
  return {point.machine, point.workload, point.tokens};
}

Candidates::Group Candidates::group_of(std::size_t which) const {
  return {plan_.points[which].workload, plan_.points[which].tokens};
}

std::vector<std::size_t> Candidates::first_ones() const {
  std::map<Block, std::vector<std::size_t>> blocks;
  std::map<Group, std::vector<std::size_t>> groups;
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < candidates_.size(); ++i)
    if (candidates_[i].estimate.empty())
      first.push_back(i);
    else
      blocks[block_of(i)].push_back(i), groups[group_of(i)].push_back(i);
  for (auto& [block, members] : blocks) {
    std::stable_sort(members.begin(), members.end(),
                     [&](std::size_t a, std::size_t b) { return candidates_[a].estimate < candidates_[b].estimate; });
    const std::size_t count = std::min(tried, members.size());
    for (std::size_t i = 0; i < count; ++i)
      first.push_back(members[count == 1 ? 0 : i * (members.size() - 1) / (count - 1)]);
  }
  for (const auto& [group, members] : groups) {
    std::vector<Costs> costs;
    for (const std::size_t i : members)
      costs.push_back(candidates_[i].estimate);
    const auto front = front_of(members, costs);
    first.insert(first.end(), front.begin(), front.end());
  }
  std::sort(first.begin(), first.end());
  first.erase(std::unique(first.begin(), first.end()), first.end());
  return first;
}

void Candidates::learn(std::size_t which, const FinishedPoint& found) {
  Candidate& one = candidates_[which];
  const Point& point = plan_.points[which];
  one.simulated = true;
  if (!found.has_result())
    return;
  auto costs = costs_of(plan_.spec, point, found);
  if (!costs)
    return;
  if (!one.estimate.empty())
    for (Spread* spread : {&spreads_[block_of(which)], &spread_})
      spread->add(one.estimate, *costs);
  if (meets_requirements(plan_.spec, point, found))
    one.cost = std::move(*costs);
}

std::vector<double> Candidates::optimistic(std::size_t which) const {
  const Candidate& one = candidates_[which];
  const auto spread = spreads_.find(block_of(which));
  Costs costs;
  for (std::size_t k = 0; k < one.estimate.size(); ++k)
    costs.push_back(spread == spreads_.end() ? -INFINITY : spread->second.optimistic(one.estimate[k], k));
  return costs;
}

std::vector<std::size_t> Candidates::hopeful(bool few) const {
  std::map<Group, std::vector<Costs>> fronts;
  for (std::size_t i = 0; i < candidates_.size(); ++i)
    if (!candidates_[i].cost.empty())
      fronts[group_of(i)].push_back(candidates_[i].cost);
  for (auto& [group, costs] : fronts) {
    const auto best = pareto_front(costs);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < costs.size(); ++i)
      if (best[i])
        costs[kept++] = costs[i];
    costs.resize(kept);
  }
  std::map<Group, std::pair<std::vector<std::size_t>, std::vector<Costs>>> open;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if (candidates_[i].simulated)
      continue;
    const auto group = group_of(i);
    Costs best = optimistic(i);
    const auto& front = fronts[group];
    if (std::any_of(front.begin(), front.end(), [&](const Costs& other) { return beats(other, best); }))
      continue;
    open[group].first.push_back(i);
    open[group].second.push_back(std::move(best));
  }
  std::vector<std::size_t> next;
  for (const auto& [group, members] : open) {
    const auto& some = few ? front_of(members.first, members.second) : members.first;
    next.insert(next.end(), some.begin(), some.end());
  }
  return next;
}

} // namespace moesaic::sim::sweep
