// What is kept of a finished point, as one line of JSON: its numbers, or why it has none.
#pragma once

#include <string>

#include "results/record.hpp"
#include "sim/pool/worker_pool.hpp"

namespace moesaic::sim::sweep {

/// A finished point. Of the record a sweep keeps times, energies, bounds and statistics; heat maps, curves,
/// notes and the table of constants are left out, since the sweep file and the descriptions hold what they
/// say.
struct PointResult {
  Outcome::Kind status = Outcome::Kind::done;
  std::string reason; ///< where there is no record
  results::RunRecord record;
};

/// One line without a line break; every double comes back to the bit. Throws std::runtime_error for a number
/// that is not finite, naming it.
std::string to_line(const PointResult& result);

/// Reads what to_line wrote. Throws InputError.
PointResult from_line(const std::string& line);

/// "done", "crashed" ... back to the kind. Throws InputError.
Outcome::Kind status_from(const std::string& text);

} // namespace moesaic::sim::sweep
