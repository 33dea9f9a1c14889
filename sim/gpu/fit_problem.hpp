// The least-squares problem of one stage of the fit, in the form that Eigen's solver wants.
#pragma once

#include <Eigen/Core>

#include "sim/gpu/fit.hpp"

namespace moesaic::sim {

/// Step of the numerical derivative, squared.
constexpr double fit_step = 1e-8;

/// Whether a row says something about a stage. For power: whether the meter had settled
/// (docs/gpu-baseline.md).
bool belongs(FitStage stage, const GpuCase& measured, const hw::gpu::Constants& constants);

/// Residuals over rows and priors in x = log(constant / expected), each in units of what it may be off by.
struct FitProblem {
  using Scalar = double;
  enum { InputsAtCompileTime = Eigen::Dynamic, ValuesAtCompileTime = Eigen::Dynamic };
  using InputType = Eigen::VectorXd;
  using ValueType = Eigen::VectorXd;
  using JacobianType = Eigen::MatrixXd;

  FitStage stage;
  std::vector<FitPrior> priors;
  std::vector<const GpuCase*> cases;
  hw::gpu::Constants start;

  int inputs() const { return static_cast<int>(priors.size()); }
  int values() const { return static_cast<int>(cases.size() + priors.size()); }
  hw::gpu::Constants constants(const Eigen::VectorXd& x) const;
  int operator()(const Eigen::VectorXd& x, Eigen::VectorXd& residual) const;
};

} // namespace moesaic::sim
