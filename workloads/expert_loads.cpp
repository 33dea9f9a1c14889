#include "workloads/expert_loads.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace moesaic::workloads {

double bounded_pareto(double u, double alpha, double low, double high) {
  const double power = 1 - alpha;
  if (std::abs(power) < 1e-9)
    return low * std::pow(high / low, u);
  const double a = std::pow(low, power), b = std::pow(high, power);
  return std::pow(a + (b - a) * u, 1 / power);
}

std::vector<double> popularity_at(const std::vector<double>& u, int tokens, int top_k, double alpha) {
  std::vector<double> popularity(u.size(), 1.0);
  if (alpha == 0)
    return popularity;
  const bool few = std::size_t(tokens) * std::size_t(top_k) <= u.size();
  const double low = few ? 0.01 : 1, high = few ? 2 : std::max(2.0, 0.8 * tokens);
  for (std::size_t e = 0; e < u.size(); ++e)
    popularity[e] = bounded_pareto(u[e], alpha, low, high);
  return popularity;
}

namespace {

/// Scales popularity to sum `total` with no share above `cap`; the excess spreads over the rest in
/// proportion.
std::vector<double> capped_shares(const std::vector<double>& popularity, double total, double cap) {
  std::vector<double> share(popularity.size());
  std::vector<bool> full(popularity.size(), false);
  for (bool again = true; again;) {
    again = false;
    double left = total, open = 0;
    for (std::size_t e = 0; e < share.size(); ++e)
      full[e] ? left -= cap : open += popularity[e];
    for (std::size_t e = 0; e < share.size(); ++e) {
      share[e] = full[e] ? cap : popularity[e] / open * left;
      if (!full[e] && share[e] > cap)
        full[e] = again = true;
    }
  }
  return share;
}

} // namespace

std::vector<int> apportion_loads(const std::vector<double>& popularity, int tokens, int top_k,
                                 Random& random) {
  const std::int64_t total = std::int64_t{tokens} * top_k;
  const auto share = capped_shares(popularity, static_cast<double>(total), tokens);
  std::vector<int> load(share.size());
  struct Remainder {
    double part;
    std::uint64_t tie;
    std::size_t expert;
  };
  std::vector<Remainder> order;
  std::int64_t missing = total;
  for (std::size_t e = 0; e < share.size(); ++e) {
    load[e] = std::min(tokens, static_cast<int>(share[e]));
    missing -= load[e];
    order.push_back({share[e] - load[e], random.raw(), e});
  }
  std::sort(order.begin(), order.end(), [](const Remainder& a, const Remainder& b) {
    return std::pair(-a.part, a.tie) < std::pair(-b.part, b.tie);
  });
  while (missing > 0)
    for (const auto& next : order)
      if (missing > 0 && load[next.expert] < tokens)
        ++load[next.expert], --missing;
  return load;
}

LoadStatistics load_statistics(const std::vector<int>& load) {
  std::vector<int> sorted = load;
  std::sort(sorted.rbegin(), sorted.rend());
  const double total = std::accumulate(load.begin(), load.end(), 0.0);
  const double experts = static_cast<double>(load.size());
  LoadStatistics statistics;
  if (total == 0)
    return statistics;
  statistics.max_over_mean = sorted.front() * experts / total;
  const auto fifth = static_cast<std::ptrdiff_t>(std::lround(experts / 5));
  statistics.top_fifth_share = std::accumulate(sorted.begin(), sorted.begin() + fifth, 0.0) / total;
  statistics.idle_share = static_cast<double>(std::count(load.begin(), load.end(), 0)) / experts;
  for (const int l : load)
    if (l > 0)
      statistics.entropy_bits -= l / total * std::log2(l / total);
  return statistics;
}

double rank_max_over_mean(const std::vector<int>& load, int ranks) {
  std::vector<double> sum(static_cast<std::size_t>(ranks));
  for (std::size_t e = 0; e < load.size(); ++e)
    sum[e * static_cast<std::size_t>(ranks) / load.size()] += load[e];
  return *std::max_element(sum.begin(), sum.end()) * ranks / std::accumulate(sum.begin(), sum.end(), 0.0);
}

} // namespace moesaic::workloads
