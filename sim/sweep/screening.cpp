#include "sim/sweep/screening.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "sim/sweep/journal.hpp"
#include "sim/sweep/objective.hpp"

namespace moesaic::sim::sweep {

namespace {

using Costs = std::vector<double>;

constexpr std::size_t tried = 8;      ///< points of each block that are simulated to compare
constexpr double further = 0.25;      ///< of the range of ratios, on a logarithmic scale, on top of it
constexpr double least_margin = 0.02; ///< where all ratios agree
constexpr int most_rounds = 40;       ///< then all that could be best are simulated together

struct Candidate {
  std::size_t index = 0; ///< in the plan
  Costs estimate;        ///< empty: there is none
  bool simulated = false;
  Costs cost; ///< empty unless simulated and feasible
};

/// Ratios of simulated to estimated cost, by objective.
struct Spread {
  Costs lowest, highest;

  void add(const Costs& estimate, const Costs& cost) {
    lowest.resize(cost.size(), INFINITY), highest.resize(cost.size(), -INFINITY);
    for (std::size_t k = 0; k < cost.size(); ++k)
      if (estimate[k] * cost[k] > 0) {
        lowest[k] = std::min(lowest[k], cost[k] / estimate[k]);
        highest[k] = std::max(highest[k], cost[k] / estimate[k]);
      }
  }
  /// The lowest cost that an estimate may turn out to be; what is maximised has negative costs.
  double optimistic(double estimate, std::size_t k) const {
    if (estimate == 0)
      return 0;
    if (k >= lowest.size() || !(lowest[k] <= highest[k]))
      return -INFINITY; // nothing to go by
    const double margin = std::exp(std::max(further * std::log(highest[k] / lowest[k]), least_margin));
    return estimate > 0 ? estimate * lowest[k] / margin : estimate * highest[k] * margin;
  }
};

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

class Screen {
 public:
  Screen(const Plan& plan, const Evaluator& evaluate, const std::string& folder, const EngineOptions& options)
      : plan_(plan), evaluate_(evaluate), folder_(folder), options_(options), finished_(folder) {}

  Screening run(const Evaluator& estimate) {
    result_.points = plan_.points.size();
    const double before = now();
    take_estimates(estimate);
    result_.estimating = now() - before;
    simulate(first_ones());
    for (int round = 0;; ++round) {
      const auto next = hopeful(round < most_rounds);
      if (next.empty())
        break;
      simulate(next);
    }
    record_the_others();
    return result_;
  }

 private:
  using Block = std::tuple<std::size_t, std::size_t, int>; ///< machine, workload, batch

  static double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  Block block_of(const Candidate& one) const {
    const Point& point = plan_.points[one.index];
    return {point.machine, point.workload, point.tokens};
  }
  std::pair<std::size_t, int> group_of(const Candidate& one) const {
    const Point& point = plan_.points[one.index];
    return {point.workload, point.tokens};
  }

  void take_estimates(const Evaluator& estimate) {
    run_points(plan_, estimate, folder_ + "/estimates", options_);
    const Finished estimates = read_finished(folder_ + "/estimates");
    for (std::size_t i = 0; i < plan_.points.size(); ++i) {
      candidates_.push_back({i, {}, false, {}});
      const auto& found = *estimates.at(plan_.points[i].hash);
      if (found.has_result())
        if (auto costs = costs_of(plan_.spec, plan_.points[i], found))
          candidates_.back().estimate = std::move(*costs);
    }
  }

  /// Of each block some spread over its estimates, and of each group the best by estimate; all without an estimate.
  std::vector<std::size_t> first_ones() const {
    std::map<Block, std::vector<std::size_t>> blocks;
    std::map<std::pair<std::size_t, int>, std::vector<std::size_t>> groups;
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < candidates_.size(); ++i)
      if (candidates_[i].estimate.empty())
        first.push_back(i);
      else
        blocks[block_of(candidates_[i])].push_back(i), groups[group_of(candidates_[i])].push_back(i);
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

  void simulate(const std::vector<std::size_t>& which) {
    Plan part{plan_.spec, plan_.inputs, {}};
    for (const std::size_t i : which)
      part.points.push_back(plan_.points[candidates_[i].index]);
    const double before = now();
    const EngineSummary summary = run_points(part, evaluate_, folder_, options_, finished_);
    finished_.read();
    result_.simulating += now() - before;
    result_.now += summary.done + summary.without;
    for (const std::size_t i : which)
      learn(candidates_[i]);
  }

  void learn(Candidate& one) {
    const Point& point = plan_.points[one.index];
    const FinishedPoint& found = *finished_.points().at(point.hash);
    one.simulated = true;
    ++result_.simulated;
    if (!found.has_result())
      return;
    auto costs = costs_of(plan_.spec, point, found);
    if (!costs)
      return;
    if (!one.estimate.empty()) {
      spreads_[block_of(one)].add(one.estimate, *costs);
      for (std::size_t k = 0; k < costs->size(); ++k)
        if (one.estimate[k] * (*costs)[k] > 0) {
          const double ratio = (*costs)[k] / one.estimate[k];
          result_.lowest = any_ ? std::min(result_.lowest, ratio) : ratio;
          result_.highest = any_ ? std::max(result_.highest, ratio) : ratio;
          any_ = true;
        }
    }
    if (meets_requirements(plan_.spec, point, found))
      one.cost = std::move(*costs);
  }

  Costs optimistic(const Candidate& one) const {
    const auto spread = spreads_.find(block_of(one));
    Costs costs;
    for (std::size_t k = 0; k < one.estimate.size(); ++k)
      costs.push_back(spread == spreads_.end() ? -INFINITY : spread->second.optimistic(one.estimate[k], k));
    return costs;
  }

  /// What no simulated point of its group beats even at its best; of these the most hopeful only.
  std::vector<std::size_t> hopeful(bool few) const {
    std::map<std::pair<std::size_t, int>, std::vector<Costs>> fronts;
    for (const Candidate& one : candidates_)
      if (!one.cost.empty())
        fronts[group_of(one)].push_back(one.cost);
    for (auto& [group, costs] : fronts) {
      const auto best = pareto_front(costs);
      std::size_t kept = 0;
      for (std::size_t i = 0; i < costs.size(); ++i)
        if (best[i])
          costs[kept++] = costs[i];
      costs.resize(kept);
    }
    std::map<std::pair<std::size_t, int>, std::pair<std::vector<std::size_t>, std::vector<Costs>>> open;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (candidates_[i].simulated)
        continue;
      const auto group = group_of(candidates_[i]);
      Costs best = optimistic(candidates_[i]);
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

  void record_the_others() {
    Journal journal(folder_ + "/points.journal");
    for (const Candidate& one : candidates_) {
      if (one.simulated)
        continue;
      ++result_.left_out;
      const std::string& hash = plan_.points[one.index].hash;
      if (finished_.points().count(hash))
        continue; // was left out before
      std::string estimates;
      for (std::size_t k = 0; k < one.estimate.size(); ++k)
        estimates += fmt::format("{}{} {:.4g}", k ? ", " : "", plan_.spec.objectives[k].name,
                                 plan_.spec.objectives[k].maximise ? -one.estimate[k] : one.estimate[k]);
      journal.put(hash, to_line({Outcome::Kind::left_out, fmt::format("not simulated: estimated {}, with which it cannot be best",
                                                                      estimates), {}}));
    }
    journal.flush();
    journal.sync();
  }

  const Plan& plan_;
  const Evaluator& evaluate_;
  std::string folder_;
  const EngineOptions& options_;
  FinishedReader finished_;
  std::vector<Candidate> candidates_;
  std::map<Block, Spread> spreads_;
  Screening result_;
  bool any_ = false;
};

} // namespace

Screening run_screened(const Plan& plan, const Evaluator& evaluate, const Evaluator& estimate, const std::string& folder,
                       const EngineOptions& options) {
  return Screen(plan, evaluate, folder, options).run(estimate);
}

std::string format_screening(const Screening& s) {
  std::string text = fmt::format("estimated first: {} of {} points simulated, {} left out; simulated over estimated: {:.3g} to {:.3g}\n",
                                 s.simulated, s.points, s.left_out, s.lowest, s.highest);
  if (s.now == 0)
    return text;
  const double all = s.simulating / static_cast<double>(s.now) * static_cast<double>(s.points);
  return text + fmt::format("{:.3g} s for the estimates and {:.3g} s for {} simulations; all {} at that rate: {:.3g} s\n", s.estimating,
                            s.simulating, s.now, s.points, all);
}

} // namespace moesaic::sim::sweep
