#include "sim/gpu/fit.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <Eigen/Dense>
#include <fmt/format.h>
#include <unsupported/Eigen/NonLinearOptimization>
#include <unsupported/Eigen/NumericalDiff>

#include "description/error.hpp"
#include "sim/gpu/fit_problem.hpp"

namespace moesaic::sim {

namespace {

const char* name_of(FitStage stage) {
  return stage == FitStage::layers ? "layers" : stage == FitStage::dense ? "dense products" : "power";
}

std::string names(const std::vector<FitPrior>& priors) {
  std::string text;
  for (const auto& prior : priors)
    text += (text.empty() ? "" : ", ") + std::string(prior.constant->name);
  return text;
}

/// Drops the constants that no row depends on, and returns their names.
std::vector<std::string> drop_without_influence(FitProblem& problem) {
  const Eigen::NumericalDiff<FitProblem> numerical(problem, fit_step);
  Eigen::MatrixXd jacobian(problem.values(), problem.inputs());
  numerical.df(Eigen::VectorXd::Zero(problem.inputs()), jacobian);
  const auto rows = static_cast<Eigen::Index>(problem.cases.size());
  std::vector<FitPrior> kept;
  std::vector<std::string> dropped;
  for (int i = 0; i < problem.inputs(); ++i)
    if (jacobian.col(i).head(rows).isZero(1e-9))
      dropped.emplace_back(problem.priors[i].constant->name);
    else
      kept.push_back(problem.priors[i]);
  problem.priors = kept;
  return dropped;
}

/// Posterior widths from the Jacobian at the solution, prior rows included.
std::vector<FittedConstant> posterior(const FitProblem& problem, const Eigen::VectorXd& x) {
  const Eigen::NumericalDiff<FitProblem> numerical(problem, fit_step);
  Eigen::MatrixXd jacobian(problem.values(), problem.inputs());
  numerical.df(x, jacobian);
  const Eigen::MatrixXd covariance = (jacobian.transpose() * jacobian).inverse();
  std::vector<FittedConstant> fitted;
  for (int i = 0; i < problem.inputs(); ++i) {
    const FitPrior& prior = problem.priors[i];
    const double sigma = std::sqrt(covariance(i, i)), value = prior.expected * std::exp(x[i]);
    fitted.push_back(
        {prior, value, value * std::exp(-2 * sigma), value * std::exp(2 * sigma), sigma < 0.7 * prior.width});
  }
  return fitted;
}

void keep(const std::vector<FittedConstant>& fitted, GpuFit& fit) {
  for (const auto& f : fitted) {
    const auto same = std::find_if(fit.fitted.begin(), fit.fitted.end(),
                                   [&](auto& old) { return old.prior.constant == f.prior.constant; });
    if (same == fit.fitted.end())
      fit.fitted.push_back(f);
    else
      *same = f;
  }
}

void fit_stage(FitStage stage, const std::vector<GpuCase>& cases, GpuFit& fit) {
  FitProblem problem{stage, fit_priors(stage, fit.engine), {}, fit.constants};
  for (const GpuCase& c : cases)
    if (belongs(stage, c, fit.constants))
      problem.cases.push_back(&c);
  if (problem.cases.empty())
    return;
  for (const auto& name : drop_without_influence(problem))
    if (std::find(fit.untouched.begin(), fit.untouched.end(), name) == fit.untouched.end())
      fit.untouched.push_back(name);
  if (problem.cases.size() < problem.priors.size())
    throw InputError(fmt::format("{} {}: {} rows of {} cannot tell {} constants apart: {}", fit.gpu,
                                 fit.engine, problem.cases.size(), name_of(stage), problem.priors.size(),
                                 names(problem.priors)));
  Eigen::VectorXd x = Eigen::VectorXd::Zero(problem.inputs());
  Eigen::NumericalDiff<FitProblem> numerical(problem, fit_step);
  Eigen::LevenbergMarquardt<Eigen::NumericalDiff<FitProblem>> solver(numerical);
  solver.parameters.maxfev = 60 * problem.inputs();
  solver.parameters.ftol = 1e-6;
  solver.parameters.xtol = 1e-5;
  const auto status = solver.minimize(x);
  if (status == Eigen::LevenbergMarquardtSpace::TooManyFunctionEvaluation || !x.allFinite() ||
      !std::isfinite(solver.fnorm))
    throw InputError(fmt::format("{} {}: the fit of {} did not converge: {}", fit.gpu, fit.engine,
                                 name_of(stage), names(problem.priors)));
  keep(posterior(problem, x), fit);
  fit.constants = problem.constants(x);
}

} // namespace

GpuFit fit_gpu(const std::vector<GpuCase>& cases) {
  GpuFit fit;
  fit.gpu = cases.front().row.gpu;
  fit.engine = cases.front().row.engine;
  fit.constants = constants_of(cases.front().row);
  // Power decides how far the limit throttles the clock, and so the times: two rounds settle it.
  for (int round = 0; round < 2; ++round)
    for (const FitStage stage : {FitStage::layers, FitStage::dense, FitStage::power})
      fit_stage(stage, cases, fit);
  return fit;
}

std::vector<GpuPrediction> predict_left_out(const std::vector<GpuCase>& cases) {
  std::vector<GpuPrediction> predictions(cases.size());
  std::set<std::string> models;
  for (const GpuCase& c : cases)
    if (!c.row.dense())
      models.insert(c.row.model);
  if (models.size() < 2)
    throw InputError("leaving a model out takes rows of at least two models");
  for (const auto& model : models) {
    std::set<std::pair<int, int>> shapes; // n x k of the model's expert products
    for (const GpuCase& c : cases)
      if (c.row.model == model && !c.row.dense()) {
        shapes.insert({2 * c.row.ffn, c.row.hidden});
        shapes.insert({c.row.hidden, c.row.ffn});
      }
    const auto left_out = [&](const GpuRow& row) {
      return row.dense() ? shapes.count({row.n, row.k}) == 1 : row.model == model;
    };
    std::vector<GpuCase> kept;
    for (const GpuCase& c : cases)
      if (!left_out(c.row))
        kept.push_back(c);
    const GpuFit fit = fit_gpu(kept);
    for (std::size_t i = 0; i < cases.size(); ++i)
      if (left_out(cases[i].row))
        predictions[i] = predict(cases[i], fit.constants);
  }
  return predictions;
}

} // namespace moesaic::sim
