// Finished points as lines of a journal. The first of a kind is JSON; those like it say which, and the numbers in which
// they differ, as bytes: a sixth of the length, and no text to read back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/sweep/finished_point.hpp"

namespace moesaic::sim::sweep {

/// Writes the points of one worker, which come into the journal in the order in which they are written.
class PointWriter {
 public:
  /// The line of a point with a result, without a line break. Throws std::runtime_error for a number that is not
  /// finite, naming it.
  std::string write(std::string_view name, const results::RunRecord& record);

 private:
  struct Base {
    std::string reference;
    results::RunRecord record;
    RecordNumbers numbers;
    int uses = 0;
  };
  std::string write_base(std::string_view name, const results::RunRecord& record);

  std::vector<Base> bases_; ///< the latest used last
};

/// Reads the lines of one journal, in order.
class PointReader {
 public:
  /// Nothing where the line is like one that was lost. Throws InputError for a line that is none.
  std::shared_ptr<const FinishedPoint> read(std::string_view name, std::string_view line);

 private:
  struct Base {
    std::shared_ptr<const results::RunRecord> record;
    RecordNumbers numbers;
  };
  std::shared_ptr<const FinishedPoint> read_like(std::string_view line) const;

  std::unordered_map<std::string, Base> bases_; ///< by reference
};

} // namespace moesaic::sim::sweep
