// Which token goes to which experts: evenly, or after a bounded Pareto popularity.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace moesaic::measure {

/// tokens x top_k experts, token by token, all of a token different.
using Choices = std::vector<int>;

/// Choice c of token t is expert t + c * stride; few tokens are spread over the stride.
inline Choices balanced(int tokens, int top_k, int experts) {
  const long long stride = (experts + top_k - 1) / top_k;
  Choices choices;
  for (long long token = 0; token < tokens; ++token)
    for (long long choice = 0; choice < top_k; ++choice) {
      const long long place = tokens >= stride ? token : token * stride / tokens;
      choices.push_back(static_cast<int>((place + choice * stride) % experts));
    }
  return choices;
}

/// Popularity drawn from x^-alpha on [1, 0.8 tokens] ([0.01, 2] for few tokens), then top_k of each token
/// without repetition, by Gumbel's trick.
inline Choices power_law(int tokens, int top_k, int experts, double alpha, unsigned seed) {
  std::mt19937_64 bits(seed);
  const auto uniform = [&] { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; };
  const bool few = static_cast<long long>(tokens) * top_k <= experts;
  const double low = few ? 0.01 : 1, high = few ? 2 : std::max(2.0, 0.8 * tokens);
  const double power = 1 - alpha;
  std::vector<double> popularity(static_cast<std::size_t>(experts));
  for (double& x : popularity) {
    const double u = uniform(), a = std::pow(low, power), b = std::pow(high, power);
    x = std::abs(power) < 1e-9 ? low * std::pow(high / low, u) : std::pow(a + u * (b - a), 1 / power);
  }
  std::vector<double> key(popularity.size());
  std::vector<int> order(popularity.size());
  Choices choices;
  for (int token = 0; token < tokens; ++token) {
    for (std::size_t e = 0; e < key.size(); ++e)
      key[e] = std::log(popularity[e]) - std::log(-std::log(uniform()));
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + top_k, order.end(), [&](int a, int b) {
      return key[static_cast<std::size_t>(a)] > key[static_cast<std::size_t>(b)];
    });
    choices.insert(choices.end(), order.begin(), order.begin() + top_k);
  }
  return choices;
}

} // namespace moesaic::measure
