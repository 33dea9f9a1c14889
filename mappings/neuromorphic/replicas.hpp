// Replicas of experts: how they are numbered, and which one serves a token.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hw/neuromorphic/chip.hpp"

namespace moesaic::mappings {

/// Which replica of a chosen expert serves a token. round_robin: an expert's replicas take turns, the first token that
/// chooses it goes to replica 0. least_loaded: experts in ascending order, those with one replica first; each goes
/// where the busiest of the replica's chips holds the fewest cores that already work for this token. nearest: always
/// the replica whose cores are fewest links away from the choice core, summed. Ties go to the lowest replica.
enum class ReplicaRule : std::int32_t { round_robin, least_loaded, nearest };

/// Names in files and on the command line, in the order of the enum.
const std::vector<std::string>& replica_rule_names();

/// All replicas in one row of numbers: number e is replica 0 of expert e; behind the experts follow the further
/// replicas, expert by expert. Without any given, a number is an expert.
class Replicas {
 public:
  Replicas() = default;
  explicit Replicas(std::vector<std::int32_t> counts); ///< of each expert; below 1 counts as 1

  const std::vector<std::int32_t>& counts() const { return counts_; }
  bool any() const { return numbers() > static_cast<std::int64_t>(counts_.size()); } ///< an expert has several
  std::int64_t numbers() const { return counts_.empty() ? 0 : first_.back(); }
  std::int32_t expert_of(std::int32_t number) const;
  std::int32_t replica_of(std::int32_t number) const;
  /// -1 where the expert has no such replica.
  std::int64_t number_of(std::int32_t expert, std::int32_t replica) const;

 private:
  std::vector<std::int32_t> counts_;
  std::vector<std::int64_t> first_; ///< by expert: number of its replica 1, had it one; and the end
};

/// Where replicas stand: their cores with weights, each `away` links from the core that chooses.
struct ReplicaPlaces {
  struct Site {
    std::int32_t number = 0, chip = 0, away = 0;
  };
  std::vector<Site> weights;
};

/// Follows a rule, token by token.
class ReplicaChoice {
 public:
  /// No replicas: every expert serves itself.
  ReplicaChoice() = default;
  ReplicaChoice(Replicas replicas, ReplicaRule rule, const ReplicaPlaces& places);

  const Replicas& replicas() const { return replicas_; }
  /// The numbers of the replicas that serve the next token's experts (ascending), one for each in the same order.
  std::vector<std::int32_t> serve(const std::vector<std::int32_t>& experts);

 private:
  std::int32_t least_loaded(std::int32_t expert, const std::map<std::int32_t, std::int64_t>& load) const;

  Replicas replicas_;
  ReplicaRule rule_ = ReplicaRule::round_robin;
  std::vector<std::int32_t> turn_, nearest_;                        ///< by expert: a replica
  std::vector<std::map<std::int32_t, std::int64_t>> cores_on_chip_; ///< by number
};

/// Of each token's experts (ascending) the replicas that serve, ascending: what the choice core fires.
std::vector<std::vector<std::int32_t>> serving(ReplicaChoice choice, const std::vector<std::vector<std::int32_t>>& chosen);

/// Instructions of the choice core for each token, with `chosen` experts of at most `replicas` replicas on `chips`
/// chips each: an expert's table entry, then a counter that wraps (round_robin), or per chip a count to load and
/// compare for each replica and to raise for the one taken (least_loaded).
std::int32_t replica_instructions(ReplicaRule rule, std::int32_t chosen, std::int32_t replicas, std::int32_t chips);

} // namespace moesaic::mappings
