#include "workloads/trace_weights.hpp"

#include <algorithm>
#include <cmath>

namespace moesaic::workloads {

namespace {

constexpr double spread =
    0.5; // scale of the logistic distribution; its standard deviation is spread * pi / sqrt(3)

/// Sum of e^logit over the experts that were not chosen: the integral of sqrt((1 - q) / q), which e^logit is
/// for spread 0.5, over the tail probabilities q above the least chosen one's.
double unchosen_mass(int experts, double q) {
  return experts * (std::acos(-1.0) / 2 - std::asin(std::sqrt(q)) - std::sqrt(q * (1 - q)));
}

} // namespace

void draw_weights(const RouterRule& rule, int experts, Random& random, float* weight) {
  double steps = 0, tail = 0, mass = 0, sum = 0;
  for (int j = 0; j < rule.top_k; ++j) {
    // Order statistics: the tail probabilities of the largest of many draws are a Poisson process of rate
    // `experts`.
    steps += random.exponential();
    tail = std::min(steps / experts, 0.999);
    const double odds = std::pow((1 - tail) / tail, spread); // e^logit
    weight[j] = static_cast<float>(rule.score == Score::sigmoid ? odds / (1 + odds) : odds);
    mass += odds;
    sum += weight[j];
  }
  if (rule.score == Score::softmax)
    mass += unchosen_mass(experts, tail);
  const double divisor = rule.normalise ? sum : rule.score == Score::sigmoid ? 1 : mass;
  for (int j = 0; j < rule.top_k; ++j)
    weight[j] = static_cast<float>(weight[j] / divisor * rule.scale);
}

} // namespace moesaic::workloads
