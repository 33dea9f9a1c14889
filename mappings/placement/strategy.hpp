// How placements are found: named strategies behind one small interface.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mappings/placement/estimate.hpp"

namespace moesaic::mappings {

struct PlacementRequest {
  const Traffic* traffic = nullptr;
  const Floor* floor = nullptr;
  Objective objective = Objective::energy_delay;
  std::uint64_t seed = 1;
  /// Moves of an iterative strategy; 0: as many as the size asks for. The result depends on the moves made
  /// alone, so that it is the same on every machine as long as `budget_seconds` does not cut it short.
  std::int64_t moves = 0;
  double budget_seconds = 25; ///< of an iterative strategy, its starts included
  /// Of tokens that a search does not learn: of all placements that it meets it keeps the one that is best on these and on its
  /// own together, and goes back to where it started unless that is better on these. Null: judged by its own.
  const Traffic* held = nullptr;
  /// Places that no strategy finds, for searches to start from: the lowering's own, and their name. May be null.
  const Placement* lowered = nullptr;
  const char* lowered_name = "lowered";
  /// Called now and then with the share done and the best cost so far in the objective's unit.
  std::function<void(double share, double best)> progress = {};
};

struct PlacementResult {
  Placement placement;
  std::int64_t moves = 0;   ///< tried
  std::string start = {};   ///< of a search: what it started from
  bool out_of_time = false; ///< the budget ended the search: another machine may find another result
};

class Strategy {
 public:
  virtual ~Strategy() = default;
  /// As on the command line, for example "annealing".
  virtual const char* name() const = 0;
  /// One line for people.
  virtual const char* description() const = 0;
  /// Gives every vertex a slot of its own. Throws InputError when the floor has too few slots.
  virtual PlacementResult place(const PlacementRequest& request) const = 0;
};

/// All strategies of this build, in the order in which tables list them; "naive" first. "metis" is there where the build
/// found METIS.
const std::vector<std::unique_ptr<Strategy>>& strategies();

/// Throws InputError with the nearest name.
const Strategy& strategy(const std::string& name);

// One per file.
std::unique_ptr<Strategy> make_naive();
std::unique_ptr<Strategy> make_hilbert();
std::unique_ptr<Strategy> make_greedy();
std::unique_ptr<Strategy> make_recursive_partition();
std::unique_ptr<Strategy> make_metis_partition();
std::unique_ptr<Strategy> make_annealing();

/// Puts the vertices of `order` into the slots of `slots`, one after the other.
Placement lay(const std::vector<std::int32_t>& order, const std::vector<std::int32_t>& slots);

/// Throws InputError when the request's floor cannot hold its traffic, or either is malformed.
void check_request(const PlacementRequest& request);

} // namespace moesaic::mappings
