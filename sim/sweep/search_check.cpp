#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/sweep/search.hpp"

namespace moesaic::sim::sweep {

void check_search(const Spec& spec, double allowed) {
#ifndef MOESAIC_WITH_PAGMO
  throw InputError(spec.file +
                   ": kind search is not supported by this build: it lacks pagmo2 (Debian's libpagmo-dev)");
#endif
  if (spec.workloads.size() != 1 || spec.tokens.size() != 1)
    throw InputError(spec.file +
                     ": a search of several workloads or batches is not supported; write one for each");
  bool anything = spec.machines.size() > 1;
  for (const Variable& variable : spec.variables)
    anything |= !variable.formula;
  if (!anything)
    throw InputError(spec.file + ": a search needs something to vary");
  check_scale(spec.file, spec.population * (spec.generations + 1.0), allowed);
}

} // namespace moesaic::sim::sweep
