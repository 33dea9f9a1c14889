// A finished point as a sweep holds it by the million: its numbers, and a record that it shares its texts with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/sweep/outcome_text.hpp"

namespace moesaic::sim::sweep {

/// What a sweep keeps of a record, as bits in a fixed order: tokens, chips, seconds, joules, the shares of the bounds,
/// of each energy line count and joules, the statistics' values. An interval is nominal, low, high.
using RecordNumbers = std::vector<std::uint64_t>;

RecordNumbers numbers_of(const results::RunRecord& record);

/// Whether both differ in these numbers only.
bool same_texts(const results::RunRecord& a, const results::RunRecord& b);

class FinishedPoint {
 public:
  /// By itself: shares with no other.
  explicit FinishedPoint(PointResult result);
  /// With a result whose texts are those of `like`; the numbers are as many as `like` has. Throws std::logic_error.
  FinishedPoint(std::shared_ptr<const results::RunRecord> like, RecordNumbers numbers);

  Outcome::Kind status() const { return status_; }
  bool has_result() const { return status_ == Outcome::Kind::done; }
  const std::string& reason() const { return reason_; }

  // Of a point with a result.
  const results::RunRecord& like() const { return *like_; } ///< for its texts
  const std::shared_ptr<const results::RunRecord>& shared_like() const { return like_; }
  int tokens() const { return static_cast<int>(numbers_[0]); }
  std::uint64_t chips() const { return numbers_[1]; }
  results::Interval seconds() const { return interval(2); }
  results::Interval joules() const { return interval(5); }
  std::uint64_t count(std::size_t energy_line) const { return numbers_[energy_at(energy_line)]; }
  results::Interval joules(std::size_t energy_line) const { return interval(energy_at(energy_line) + 1); }
  double statistic(std::size_t i) const { return number(energy_at(like_->energy.size()) + i); }
  results::RunRecord record() const;

 private:
  std::size_t energy_at(std::size_t line) const { return 8 + like_->bound_share.size() + 4 * line; }
  double number(std::size_t i) const;
  results::Interval interval(std::size_t i) const { return {number(i), number(i + 1), number(i + 2)}; }

  Outcome::Kind status_ = Outcome::Kind::done;
  std::string reason_;
  std::shared_ptr<const results::RunRecord> like_;
  RecordNumbers numbers_;
};

} // namespace moesaic::sim::sweep
