#include "sim/sweep/finished_point.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace moesaic::sim::sweep {

namespace {

using results::RunRecord;

/// Hands every number to `visit`, in the order of RecordNumbers.
template <class Record, class Visit> void visit_numbers(Record& record, Visit visit) {
  const auto interval = [&](auto& value) { visit(value.nominal), visit(value.low), visit(value.high); };
  visit(record.tokens), visit(record.chips);
  interval(record.seconds), interval(record.joules);
  for (auto& share : record.bound_share)
    visit(share.second);
  for (auto& line : record.energy)
    visit(line.count), interval(line.joules);
  for (auto& statistic : record.statistics)
    visit(statistic.value);
}

std::uint64_t bits_of(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
std::uint64_t bits_of(std::uint64_t value) {
  return value;
}
std::uint64_t bits_of(int value) {
  return static_cast<std::uint64_t>(value);
}

void set(double& value, std::uint64_t bits) {
  std::memcpy(&value, &bits, sizeof bits);
}
void set(std::uint64_t& value, std::uint64_t bits) {
  value = bits;
}
void set(int& value, std::uint64_t bits) {
  value = static_cast<int>(bits);
}

template <class List, class Same> bool all_same(const List& a, const List& b, Same same) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

std::size_t count_of(const RunRecord& record) {
  return 8 + record.bound_share.size() + 4 * record.energy.size() + record.statistics.size();
}

} // namespace

RecordNumbers numbers_of(const RunRecord& record) {
  RecordNumbers numbers;
  numbers.reserve(count_of(record));
  visit_numbers(record, [&](const auto& value) { numbers.push_back(bits_of(value)); });
  return numbers;
}

bool same_texts(const RunRecord& a, const RunRecord& b) {
  return a.machine == b.machine && a.kind == b.kind && a.workload == b.workload && a.bound == b.bound &&
         all_same(a.bound_share, b.bound_share, [](const auto& x, const auto& y) { return x.first == y.first; }) &&
         all_same(a.energy, b.energy,
                  [](const auto& x, const auto& y) {
                    return x.component == y.component && x.action == y.action && x.kind == y.kind &&
                           x.figure == y.figure && x.source == y.source;
                  }) &&
         all_same(a.statistics, b.statistics, [](const auto& x, const auto& y) {
           return x.name == y.name && x.unit == y.unit && x.scope == y.scope;
         });
}

FinishedPoint::FinishedPoint(PointResult result) : status_(result.status), reason_(std::move(result.reason)) {
  if (!has_result())
    return;
  numbers_ = numbers_of(result.record);
  like_ = std::make_shared<const RunRecord>(std::move(result.record));
}

FinishedPoint::FinishedPoint(std::shared_ptr<const RunRecord> like, RecordNumbers numbers)
    : like_(std::move(like)), numbers_(std::move(numbers)) {
  if (numbers_.size() != count_of(*like_))
    throw std::logic_error("a record has more or fewer numbers than the one it is like");
}

double FinishedPoint::number(std::size_t i) const {
  double value = 0;
  set(value, numbers_[i]);
  return value;
}

RunRecord FinishedPoint::record() const {
  RunRecord record = *like_;
  auto next = numbers_.begin();
  visit_numbers(record, [&](auto& value) { set(value, *next++); });
  return record;
}

} // namespace moesaic::sim::sweep
