// Which relations a plan searches, and how they share the L1 of the cores.
#pragma once

#include "mappings/associative/hyperon/match_lowering.hpp"

namespace moesaic::mappings::associative {

/// Fills `held`, `held_by_step` and the program's resident slots. All are resident where they fit; else each step brings its own.
/// Throws InputError for one that does not fit even so.
void hold_relations(const hw::associative::Description& description, const Space& space, const MatchPlan& plan,
                    MatchProgram& out);

/// One relation alone, as point queries are asked of it.
HeldRelation hold_relation(const hw::associative::Description& description, const Space& space, int relation);

} // namespace moesaic::mappings::associative
