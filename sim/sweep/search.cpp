#include "sim/sweep/search.hpp"

#include <pagmo/algorithms/nsga2.hpp>
#include <pagmo/batch_evaluators/member_bfe.hpp>
#include <pagmo/bfe.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>

#include "sim/sweep/search_space.hpp"

namespace moesaic::sim::sweep {

namespace {

/// What pagmo asks a problem. It copies problems, so this one only points to where the work is done.
struct Designs {
  SearchSpace* space = nullptr;

  pagmo::vector_double fitness(const pagmo::vector_double& design) const {
    return space->costs({design}).front();
  }
  pagmo::vector_double batch_fitness(const pagmo::vector_double& flat) const {
    const std::size_t n = space->dimensions();
    std::vector<std::vector<double>> designs;
    for (std::size_t i = 0; i < flat.size(); i += n)
      designs.emplace_back(flat.begin() + static_cast<std::ptrdiff_t>(i),
                           flat.begin() + static_cast<std::ptrdiff_t>(i + n));
    pagmo::vector_double costs;
    for (const auto& cost : space->costs(designs))
      costs.insert(costs.end(), cost.begin(), cost.end());
    return costs;
  }
  pagmo::vector_double::size_type get_nobj() const { return space ? space->objectives() : 1; }
  std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const {
    const std::size_t n = space ? space->dimensions() : 1;
    return {pagmo::vector_double(n, 0.0), pagmo::vector_double(n, 1.0)};
  }
  pagmo::thread_safety get_thread_safety() const { return pagmo::thread_safety::none; }
};

} // namespace

std::vector<Point> run_search(const Plan& space, const Evaluator& evaluate, const std::string& folder,
                              const std::string& version, const EngineOptions& options) {
  SearchSpace designs(space, evaluate, folder, version, options);
  const auto seed = static_cast<unsigned>(space.spec.seed);
  const pagmo::bfe together{pagmo::member_bfe{}};
  pagmo::population population(pagmo::problem(Designs{&designs}), together,
                               static_cast<pagmo::population::size_type>(space.spec.population), seed);
  // Mutation at one variable in each design, as its authors advise.
  const double mutation = 1.0 / static_cast<double>(designs.dimensions());
  pagmo::nsga2 algorithm(static_cast<unsigned>(space.spec.generations), 0.95, 10, mutation, 50, seed);
  algorithm.set_bfe(together);
  algorithm.evolve(population);
  return designs.points();
}

} // namespace moesaic::sim::sweep
