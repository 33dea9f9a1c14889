#include "mappings/neuromorphic/replicas.hpp"

#include <algorithm>

namespace moesaic::mappings {

const std::vector<std::string>& replica_rule_names() {
  static const std::vector<std::string> names{"round_robin", "least_loaded", "nearest"};
  return names;
}

Replicas::Replicas(std::vector<std::int32_t> counts) : counts_(std::move(counts)) {
  auto next = static_cast<std::int64_t>(counts_.size());
  for (const std::int32_t count : counts_) {
    first_.push_back(next);
    next += std::max(count, 1) - 1;
  }
  first_.push_back(next);
}

std::int32_t Replicas::expert_of(std::int32_t number) const {
  if (static_cast<std::size_t>(number) < counts_.size() || number >= numbers())
    return number;
  return static_cast<std::int32_t>(std::upper_bound(first_.begin(), first_.end() - 1, number) - first_.begin()) - 1;
}

std::int32_t Replicas::replica_of(std::int32_t number) const {
  const auto expert = static_cast<std::size_t>(expert_of(number));
  return static_cast<std::size_t>(number) == expert ? 0 : static_cast<std::int32_t>(number - first_[expert]) + 1;
}

std::int64_t Replicas::number_of(std::int32_t expert, std::int32_t replica) const {
  if (replica == 0)
    return expert;
  const auto e = static_cast<std::size_t>(expert);
  return e < counts_.size() && replica > 0 && replica < counts_[e] ? first_[e] + replica - 1 : -1;
}

ReplicaChoice::ReplicaChoice(Replicas replicas, ReplicaRule rule, const ReplicaPlaces& places)
    : replicas_(std::move(replicas)), rule_(rule), turn_(replicas_.counts().size()), nearest_(replicas_.counts().size()),
      cores_on_chip_(static_cast<std::size_t>(replicas_.numbers())) {
  std::vector<std::int64_t> away(cores_on_chip_.size());
  for (const auto& site : places.weights) {
    const auto number = static_cast<std::size_t>(site.number);
    ++cores_on_chip_[number][site.chip];
    away[number] += site.away;
  }
  for (std::size_t number = turn_.size(); number < away.size(); ++number) {
    const auto n = static_cast<std::int32_t>(number);
    std::int32_t& best = nearest_[static_cast<std::size_t>(replicas_.expert_of(n))];
    if (away[number] < away[static_cast<std::size_t>(replicas_.number_of(replicas_.expert_of(n), best))])
      best = replicas_.replica_of(n);
  }
}

std::int32_t ReplicaChoice::least_loaded(std::int32_t expert, const std::map<std::int32_t, std::int64_t>& load) const {
  std::int64_t least = 0;
  std::int32_t best = -1;
  for (std::int32_t replica = 0; replica < replicas_.counts()[static_cast<std::size_t>(expert)]; ++replica) {
    std::int64_t busiest = 0;
    for (const auto& [chip, cores] : cores_on_chip_[static_cast<std::size_t>(replicas_.number_of(expert, replica))]) {
      const auto there = load.find(chip);
      busiest = std::max(busiest, there == load.end() ? 0 : there->second);
    }
    if (best < 0 || busiest < least)
      best = replica, least = busiest;
  }
  return best;
}

std::vector<std::int32_t> ReplicaChoice::serve(const std::vector<std::int32_t>& experts) {
  std::vector<std::int32_t> serving = experts;
  if (!replicas_.any())
    return serving;
  std::map<std::int32_t, std::int64_t> load;
  const auto take = [&](std::size_t i, std::int32_t replica) {
    serving[i] = static_cast<std::int32_t>(replicas_.number_of(experts[i], replica));
    for (const auto& [chip, cores] : cores_on_chip_[static_cast<std::size_t>(serving[i])])
      load[chip] += cores;
  };
  for (const bool several : {false, true})
    for (std::size_t i = 0; i < experts.size(); ++i) {
      const auto expert = static_cast<std::size_t>(experts[i]);
      const std::int32_t count = replicas_.counts()[expert];
      if ((count > 1) != several)
        continue;
      if (count < 2)
        take(i, 0);
      else if (rule_ == ReplicaRule::least_loaded)
        take(i, least_loaded(experts[i], load));
      else if (rule_ == ReplicaRule::nearest)
        take(i, nearest_[expert]);
      else
        take(i, std::exchange(turn_[expert], (turn_[expert] + 1) % count));
    }
  return serving;
}

std::vector<std::vector<std::int32_t>> serving(ReplicaChoice choice, const std::vector<std::vector<std::int32_t>>& chosen) {
  std::vector<std::vector<std::int32_t>> result;
  for (const auto& experts : chosen) {
    result.push_back(choice.serve(experts));
    std::sort(result.back().begin(), result.back().end());
  }
  return result;
}

std::int32_t replica_instructions(ReplicaRule rule, std::int32_t chosen, std::int32_t replicas, std::int32_t chips) {
  constexpr std::int32_t entry = 1;
  switch (rule) {
  case ReplicaRule::round_robin:
    return chosen * (entry + 5); // load, add, compare, select, store
  case ReplicaRule::least_loaded:
    return chosen * (entry + replicas * (2 * chips + 2) + 3 * chips); // load and compare; compare, select; load, add, store
  case ReplicaRule::nearest:
    break;
  }
  return chosen * entry;
}

} // namespace moesaic::mappings
