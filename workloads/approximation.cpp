#include "workloads/approximation.hpp"

#include <algorithm>
#include <cmath>

#include "workloads/reference.hpp"

namespace moesaic::workloads {

namespace {

/// Covers the rounding of this file's own double arithmetic (a few thousand operations of 2^-53 each).
constexpr double own_rounding = 1e-12;

} // namespace

double Approximation::bound(std::size_t i) const {
  return (std::abs(exact[i] - nominal[i]) + radius[i]) +
         own_rounding * (std::abs(exact[i]) + std::abs(nominal[i]));
}

Approximation held_exactly(const std::vector<double>& values) {
  return {values, values, std::vector<double>(values.size())};
}

Approximation rounded_to_step(const Approximation& x, double step) {
  Approximation y = x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    // Rounding is monotone: the ends of the interval bound what it can give.
    const auto round = [step](double v) { return std::nearbyint(v / step) * step; };
    y.nominal[i] = round(x.nominal[i]);
    const double slack = x.radius[i] == 0 ? 0 : x.radius[i] + own_rounding * (std::abs(x.nominal[i]) + step);
    y.radius[i] =
        std::max(round(x.nominal[i] + slack) - y.nominal[i], y.nominal[i] - round(x.nominal[i] - slack));
  }
  return y;
}

Approximation widened(const Approximation& x, double absolute, double relative) {
  Approximation y = x;
  for (std::size_t i = 0; i < x.size(); ++i)
    y.radius[i] += absolute + relative * (std::abs(x.nominal[i]) + x.radius[i]);
  return y;
}

Approximation multiplied(const Matrix& weights, const Quantised& held, const Approximation& x,
                         const std::vector<float>& bias, double rounding) {
  Approximation y;
  for (int r = 0; r < weights.rows; ++r) {
    double exact = 0, nominal = 0, radius = 0, magnitude = 0;
    for (int c = 0; c < weights.cols; ++c) {
      const auto i = static_cast<std::size_t>(c);
      const double w = held.value(r, c);
      exact += weights.at(r, c) * x.exact[i];
      nominal += w * x.nominal[i];
      radius += std::abs(w) * x.radius[i];
      magnitude += std::abs(w) * (std::abs(x.nominal[i]) + x.radius[i]);
    }
    const double b = bias.empty() ? 0 : bias[static_cast<std::size_t>(r)];
    y.exact.push_back(exact + b);
    y.nominal.push_back(nominal + b);
    y.radius.push_back(radius + (rounding == 0 ? 0 : (rounding + own_rounding) * (magnitude + std::abs(b))));
  }
  return y;
}

Approximation activated(Activation activation, const Approximation& gate, const Approximation& up,
                        double function_error) {
  // g * sigmoid(g) is steepest at g = 2.3994, with slope 1.09984; g * sigmoid(1.702 g) likewise, scaled along
  // g.
  constexpr double steepest = 1.09985;
  Approximation y;
  for (std::size_t i = 0; i < gate.size(); ++i) {
    const double g = gate.nominal[i], u = up.nominal[i];
    y.exact.push_back(activate(activation, gate.exact[i], up.exact[i]));
    y.nominal.push_back(activate(activation, g, u));
    const double offset = activation == Activation::gpt_oss_swiglu ? 1 : 0; // of up, before the product
    const double held_up = std::abs(u) + offset, up_error = up.radius[i];
    const double silu = std::abs(activate(activation, g, 1 - offset)) +
                        (std::abs(g) + gate.radius[i]) * function_error + steepest * gate.radius[i];
    const double silu_error = steepest * gate.radius[i] + (std::abs(g) + gate.radius[i]) * function_error;
    y.radius.push_back(silu * up_error + silu_error * held_up);
  }
  return y;
}

Approximation combined(const std::vector<Approximation>& terms, const std::vector<double>& weight,
                       const std::vector<double>& weight_error) {
  Approximation sum = held_exactly(std::vector<double>(terms.empty() ? 0 : terms.front().size()));
  for (std::size_t t = 0; t < terms.size(); ++t)
    for (std::size_t i = 0; i < sum.size(); ++i) {
      const double slack = weight_error.empty() ? 0 : weight_error[t];
      sum.exact[i] += weight[t] * terms[t].exact[i];
      sum.nominal[i] += weight[t] * terms[t].nominal[i];
      sum.radius[i] += std::abs(weight[t]) * terms[t].radius[i] +
                       slack * (std::abs(terms[t].nominal[i]) + terms[t].radius[i]);
    }
  return sum;
}

} // namespace moesaic::workloads
