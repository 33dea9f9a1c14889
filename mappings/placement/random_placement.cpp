#include "mappings/placement/random_placement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "description/error.hpp"
#include "mappings/placement/strategy.hpp"

namespace moesaic::mappings {

namespace {

template <class T> void shuffle(std::vector<T>& list, std::mt19937_64& random) {
  for (std::size_t i = list.size(); i > 1; --i)
    std::swap(list[i - 1], list[random() % i]);
}

std::vector<std::int32_t> numbers(int count) {
  std::vector<std::int32_t> list(static_cast<std::size_t>(count));
  std::iota(list.begin(), list.end(), 0);
  return list;
}

/// Ranks from 0, equal values with the mean of theirs.
std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::int32_t> order = numbers(static_cast<int>(values.size()));
  const auto value = [&](std::size_t i) { return values[static_cast<std::size_t>(order[i])]; };
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return values[static_cast<std::size_t>(a)] < values[static_cast<std::size_t>(b)];
  });
  std::vector<double> rank(values.size());
  for (std::size_t i = 0, end = 0; i < order.size(); i = end) {
    for (end = i; end < order.size() && value(end) == value(i);)
      ++end;
    for (std::size_t k = i; k < end; ++k)
      rank[static_cast<std::size_t>(order[k])] = static_cast<double>(i + end - 1) / 2;
  }
  return rank;
}

} // namespace

Placement random_placement(const Traffic& traffic, const Floor& floor, Disorder disorder, std::uint64_t seed) {
  check_request({&traffic, &floor});
  std::mt19937_64 random(seed);
  std::vector<std::int32_t> slots = numbers(floor.slots());
  if (disorder == Disorder::scattered) {
    shuffle(slots, random);
    return lay(numbers(traffic.size()), slots);
  }
  auto clusters = members_by_cluster(traffic);
  shuffle(clusters, random);
  std::vector<std::int32_t> chips = numbers(floor.chips()), order;
  shuffle(chips, random);
  for (std::size_t s = 0; s < slots.size(); ++s) {
    const int chip = floor.chip_of(static_cast<int>(s)), core = floor.core_of(static_cast<int>(s));
    slots[s] = floor.slot_of(chips[static_cast<std::size_t>(chip)], core);
  }
  for (const auto& cluster : clusters)
    order.insert(order.end(), cluster.begin(), cluster.end());
  return lay(order, slots);
}

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size() || a.size() < 2)
    throw InputError("a rank correlation takes two lists of one length, with two values at least");
  const std::vector<double> x = ranks(a), y = ranks(b);
  const double mean = static_cast<double>(a.size() - 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

} // namespace moesaic::mappings
