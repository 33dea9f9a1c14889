// A plan to match a query as an associative program: masked searches over the atoms in L1, sixteen groups of bindings at a time.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "mappings/associative/hyperon/match_plan.hpp"
#include "mappings/associative/hyperon/tuple_layout.hpp"
#include "mappings/associative/program.hpp"

namespace moesaic::mappings::associative {

/// The atoms of one relation in the L1 of the cores. Core c holds part c % parts; where there are fewer parts than cores, several
/// cores hold the same part and share the bindings.
struct HeldRelation {
  int relation = 0;
  int sorted_by = -1; ///< field whose equal values stand side by side; -1: none
  TupleLayout layout;
  Placement placement;
  std::int64_t first_slot = 0;
  bool resident = true; ///< else brought to L1 by each step that needs it

  bool runs() const { return sorted_by >= 0; }
  int slots_per_group() const { return layout.words + (runs() ? 1 : 0); } ///< the last one: where runs start
  std::int64_t slots() const { return std::int64_t{slots_per_group()} * placement.groups; }
};

/// What the control processor of a core reads at a place of the program: matches of this group of this step.
struct ReadPlace {
  std::size_t step = 0, group = 0;
  bool used = false; ///< else the core has nothing here and others do
};

/// A round of sixteen groups of a step of the plan.
struct KeyRound {
  std::size_t step = 0, batch = 0;
  friend bool operator==(const KeyRound& a, const KeyRound& b) { return a.step == b.step && a.batch == b.batch; }
};

struct MatchProgram {
  Program program;
  std::vector<HeldRelation> held;
  std::map<std::size_t, std::size_t> held_by_step; ///< step of the plan -> `held`
  std::uint64_t searches = 0; ///< masked searches that the query needs, each over all its atoms
  std::uint64_t reads = 0;    ///< tuples read out
  /// For running with values, in the order of the program: whose keys the searches over each vector of atoms compare; and by core
  /// whose matches each count is.
  std::vector<KeyRound> rounds;
  std::vector<std::vector<ReadPlace>> places;
};

/// `values`: fills what a run with values needs. Throws InputError where tuples take more words than a search compares, or the
/// machine has too few slots.
MatchProgram lower_match(const hw::associative::Description& description, const Space& space, const Query& query,
                         const MatchPlan& plan, bool values);

/// Brings what is resident in a program's L1 there from card memory.
Program lower_load(const hw::associative::Description& description, const Program& resident);

/// One search after the other for whole facts of a relation: is it there? `together` keys share what comes before and after.
Program lower_point_queries(const hw::associative::Description& description, const HeldRelation& held, int count,
                            int together);

} // namespace moesaic::mappings::associative
