#include "sim/associative/value_limit.hpp"

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::sim {

void check_value_work(const mappings::associative::Program& program, const std::string& name, double most, const char* remedy) {
  double operations = 0;
  for (const auto& [operation, times] : count(program).operations)
    operations += double(times) * program.cores;
  if (operations > most)
    throw InputError(fmt::format("{}: {:.3g} vector operations are too many to carry values, at most {:.3g} are{}", name,
                                 operations, most, remedy));
}

} // namespace moesaic::sim
