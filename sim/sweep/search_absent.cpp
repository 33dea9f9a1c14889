// In place of search.cpp where pagmo2 is not installed; check_search has refused before.
#include <stdexcept>

#include "sim/sweep/search.hpp"

namespace moesaic::sim::sweep {

std::vector<Point> run_search(const Plan&, const Evaluator&, const std::string&, const std::string&,
                              const EngineOptions&) {
  throw std::logic_error("this build has no search");
}

} // namespace moesaic::sim::sweep
