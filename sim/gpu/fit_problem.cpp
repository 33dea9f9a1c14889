#include "sim/gpu/fit_problem.hpp"

#include <cmath>

#include "hw/gpu/kernel.hpp"

namespace moesaic::sim {

using hw::gpu::Constants;

namespace {

/// Residuals that a row may have without being pulled on: the model's own scatter, relative.
constexpr double latency_scatter = 0.08, energy_scatter = 0.08;
/// In units of the scatter: where the pull of an energy reading levels off.
constexpr double energy_cap = 2;

/// Grows like the root of the residual when it is large (twice the pseudo-Huber loss, as a square root).
double robust(double r) {
  return std::copysign(std::sqrt(2 * (std::sqrt(1 + r * r) - 1)), r);
}
/// Levels off: a hopeless reading has no pull at all (Geman and McClure's loss, as a square root).
double levelling(double r) {
  return r / std::sqrt(1 + r * r / (energy_cap * energy_cap));
}

} // namespace

bool belongs(FitStage stage, const GpuCase& measured, const Constants& c) {
  if (stage == FitStage::power)
    return power_settled(measured, c);
  return measured.row.dense() == (stage == FitStage::dense);
}

Constants FitProblem::constants(const Eigen::VectorXd& x) const {
  Constants c = start;
  for (int i = 0; i < inputs(); ++i)
    c.*(priors[i].constant->field) = priors[i].expected * std::exp(x[i]);
  return c;
}

int FitProblem::operator()(const Eigen::VectorXd& x, Eigen::VectorXd& residual) const {
  const Constants c = constants(x);
  const int rows = static_cast<int>(cases.size());
  for (int i = 0; i < rows; ++i) {
    const GpuRow& row = cases[i]->row;
    const GpuPrediction p = predict(*cases[i], c);
    residual[i] = stage == FitStage::power
                      ? levelling(std::log(p.joules / (row.watts * row.seconds)) / energy_scatter)
                      : robust(std::log(p.seconds / row.seconds) / latency_scatter);
  }
  for (int i = 0; i < inputs(); ++i)
    residual[rows + i] = x[i] / priors[i].width;
  return 0;
}

} // namespace moesaic::sim
