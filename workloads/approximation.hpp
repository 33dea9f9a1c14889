// What a machine with small number formats makes of an exact computation, and a rigorous bound on the
// difference.
#pragma once

#include <vector>

#include "workloads/moe_layer.hpp"
#include "workloads/quantisation.hpp"

namespace moesaic::workloads {

/// A vector in two worlds. `exact` is what real arithmetic gives. A machine's value lies within `radius` of
/// `nominal`, which follows the machine's own roundings as far as they are known; so |exact - machine| <=
/// bound. Every function below keeps that promise: what is known (the error of a given weight matrix) shifts
/// `nominal`, what is not (the order of fp32 sums, a lookup table's error, which side a rounding falls)
/// widens `radius`.
struct Approximation {
  std::vector<double> exact, nominal, radius;

  std::size_t size() const { return exact.size(); }
  double bound(std::size_t i) const;
};

/// A vector that the machine holds without error.
Approximation held_exactly(const std::vector<double>& values);

/// The machine quantises its vector (one row: `block.rows` is ignored) with scales from its own values, as
/// quantise() does.
Approximation quantised(const Approximation& x, NumberFormat format, BlockShape block);

/// The machine rounds to multiples of a fixed `step`, to nearest, without saturating.
Approximation rounded_to_step(const Approximation& x, double step);

/// Any further error of at most `absolute` + `relative` * |machine's value| per element.
Approximation widened(const Approximation& x, double absolute, double relative);

/// weights * x + bias, where the machine holds `held` instead of `weights` (same shape) and multiplies and
/// sums without error but for `rounding` times the sum of the magnitudes of all products: 0 for integer
/// accumulators that cannot overflow, cols * 2^-24 for fp32 sums in any order.
Approximation multiplied(const Matrix& weights, const Quantised& held, const Approximation& x,
                         const std::vector<float>& bias, double rounding);

/// activate(gate, up) per element; `function_error` is the machine's largest absolute error of its sigmoid.
Approximation activated(Activation activation, const Approximation& gate, const Approximation& up,
                        double function_error);

/// sum of weight[i] * terms[i]; the machine's weights differ by at most weight_error[i] (empty: not at all).
Approximation combined(const std::vector<Approximation>& terms, const std::vector<double>& weight,
                       const std::vector<double>& weight_error);

} // namespace moesaic::workloads
