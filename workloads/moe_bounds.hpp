// The whole layer through a machine's number formats, with the bound that its outputs must keep.
#pragma once

#include "workloads/activation_sparsity.hpp"
#include "workloads/approximation.hpp"
#include "workloads/reference.hpp"

namespace moesaic::workloads {

/// How a machine holds and moves numbers.
struct Precision {
  NumberFormat weights = NumberFormat::int8;
  NumberFormat activations = NumberFormat::int8;
  ActivationSparsity sparsity; ///< of the activated vector, before it is quantised for the down projection
  double sum_rounding = 0;     ///< as `rounding` of multiplied(), for all products
  double sigmoid_error = 0;    ///< largest absolute error of the machine's sigmoid
  double weight_error = 0;     ///< largest relative error of a combine weight
  double output_rounding =
      0x1p-20; ///< relative, of scaling, activation and the final sum together: a few fp32 roundings
};

/// The three matrices of an expert as the machine holds them.
struct QuantisedExpert {
  Quantised gate, up, down;
};
QuantisedExpert quantise_expert(const ExpertWeights& expert, NumberFormat format);

/// One expert on `hidden`, which is quantised first, as is the activated vector before the down projection.
Approximation approximate_expert(Activation activation, const ExpertWeights& expert,
                                 const QuantisedExpert& held, const Approximation& hidden,
                                 const Precision& precision);

/// Every token's output with its bound. Routing is the reference's: a machine that routes otherwise fails
/// before this.
std::vector<Approximation> approximate_layer(const MoeLayer& layer, const MoeWeights& weights,
                                             const Matrix& hidden, const Routing& routing,
                                             const Precision& precision);

/// |exact - machine| over the bound, the largest over all elements: at most 1 when the machine is right.
struct BoundCheck {
  double largest_ratio = 0;
  double error = 0, bound = 0; ///< where the ratio is largest
  bool within = true;
};
/// `machine` is tokens x hidden. Throws InputError for another shape; a number that is not finite is not
/// within.
BoundCheck check_bounds(const std::vector<Approximation>& expected,
                        const std::vector<std::vector<double>>& machine);

} // namespace moesaic::workloads
