// Runs a match program with values on the bit planes: the answers that the micro-programs find.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "mappings/associative/hyperon/match_lowering.hpp"

namespace moesaic::mappings::associative {

struct MatchAnswers {
  std::uint64_t count = 0; ///< by the last step of the plan; 0 where that is none of masked searches
  bool counted = false;    ///< the last step counts by masked searches
  /// By step of the plan that reads: (group, u, v) of every tuple read out, ascending; a field that is not read is 0.
  std::vector<std::vector<std::array<std::uint64_t, 3>>> read;
};

/// `match` must have been lowered for values. `progress` hears the share that is done, 0 to 1, from any thread but never from two
/// at once.
MatchAnswers run_match(const hw::associative::Description& description, const Space& space, const MatchPlan& plan,
                       const MatchProgram& match, const std::function<void(double)>& progress = {});

/// What the indexed join says that the reading steps find, in the same form.
std::vector<std::vector<std::array<std::uint64_t, 3>>> expected_reads(const Space& space, const MatchPlan& plan);

} // namespace moesaic::mappings::associative
