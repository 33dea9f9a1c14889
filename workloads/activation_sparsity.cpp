#include "workloads/activation_sparsity.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

using Kind = ActivationSparsity::Kind;

void check_sparsity(const ActivationSparsity& sparsity) {
  if (sparsity.kind == Kind::threshold && !(sparsity.threshold >= 0))
    throw InputError(fmt::format("activation sparsity: the threshold {} is below 0", sparsity.threshold));
  if (sparsity.kind == Kind::top_n && sparsity.top_n < 1)
    throw InputError(
        fmt::format("activation sparsity: the {} largest: at least 1 must stay", sparsity.top_n));
}

int sparsify(const ActivationSparsity& sparsity, std::vector<double>& x) {
  check_sparsity(sparsity);
  if (sparsity.kind == Kind::threshold)
    for (double& v : x)
      if (std::abs(v) < sparsity.threshold)
        v = 0;
  if (sparsity.kind == Kind::top_n && static_cast<std::size_t>(sparsity.top_n) < x.size()) {
    std::vector<std::size_t> order(x.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return std::abs(x[a]) > std::abs(x[b]); });
    for (std::size_t i = static_cast<std::size_t>(sparsity.top_n); i < order.size(); ++i)
      x[order[i]] = 0;
  }
  return static_cast<int>(x.size()) - static_cast<int>(std::count(x.begin(), x.end(), 0.0));
}

namespace {

/// Ends of what the magnitude of each element may be.
struct Magnitudes {
  std::vector<double> low, high;
};

Magnitudes magnitudes(const Approximation& x) {
  Magnitudes m;
  for (std::size_t i = 0; i < x.size(); ++i) {
    m.low.push_back(std::max(0.0, std::abs(x.nominal[i]) - x.radius[i]));
    m.high.push_back(std::abs(x.nominal[i]) + x.radius[i]);
  }
  return m;
}

/// The n-th largest (from 1) of `values`, or 0 when there are fewer.
double nth_largest(std::vector<double> values, std::size_t n) {
  if (n > values.size())
    return 0;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n - 1), values.end(),
                   std::greater<>());
  return values[n - 1];
}

} // namespace

Approximation sparsified(const ActivationSparsity& sparsity, const Approximation& x) {
  check_sparsity(sparsity);
  if (sparsity.kind == Kind::none)
    return x;
  const Magnitudes m = magnitudes(x);
  // Sure to stay from `stay` on, sure to go below `go`. For top-n: at most n - 1 others can reach above the
  // (n+1)-th largest upper end, and n others are surely above anything below the n-th largest lower end.
  double stay = sparsity.threshold, go = sparsity.threshold;
  const auto n = static_cast<std::size_t>(sparsity.top_n);
  if (sparsity.kind == Kind::top_n) {
    if (n >= x.size())
      return x;
    stay = std::nextafter(nth_largest(m.high, n + 1), INFINITY);
    go = nth_largest(m.low, n);
  }
  Approximation y = x;
  sparsify(sparsity, y.nominal);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (m.low[i] >= stay)
      continue;
    // May be zero, may be kept: the far end of what it holds, from where nominal now is.
    y.radius[i] = m.high[i] < go      ? 0
                  : y.nominal[i] == 0 ? m.high[i]
                                      : std::max(x.radius[i], std::abs(x.nominal[i]));
  }
  return y;
}

} // namespace moesaic::workloads
