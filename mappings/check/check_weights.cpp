#include <fmt/format.h>

#include "mappings/check/check_mapping.hpp"
#include "mappings/check/check_tiling.hpp"

namespace moesaic::mappings {

/// A slice stands on the core whose neurons sum its columns.
static void check_host(const CheckInput& input, const Slice& slice, std::vector<Violation>& violations) {
  const auto report = [&](std::string limit, std::string value, std::string remedy) {
    violations.push_back({"slice on a wrong core", input.name(slice.core), std::move(limit), std::move(value), std::move(remedy)});
  };
    const MappedCore& core = input.mapping.cores[static_cast<std::size_t>(slice.core)];
    const MappedPopulation& host = input.population(slice.core);
    if (host.expert != slice.expert || host.replica != slice.replica)
      return report(                    fmt::format("slices of expert {} replica {}", host.expert, host.replica),
                    fmt::format("{} columns {} to {} of expert {} replica {}", projection_name(slice.projection),
                                slice.first_column, std::int64_t{slice.first_column} + slice.columns - 1, slice.expert,
                                slice.replica),
                    fmt::format("move the slice to a core of expert {} replica {}", slice.expert, slice.replica));
    const std::int64_t first = core.first_neuron - input.number(slice.core) * columns_of(input.layer, slice.projection);
    if (slice.first_column != first || slice.columns != core.neurons)
      report(             fmt::format("columns {} to {}, which its neurons sum", first, first + core.neurons - 1),
             fmt::format("{} columns {} to {}", projection_name(slice.projection), slice.first_column,
                         std::int64_t{slice.first_column} + slice.columns - 1),
             "swap it with the slice that belongs there");
  }

void check_weights(const CheckInput& input, std::vector<Violation>& violations) {
  for (const Slice& slice : input.mapping.slices)
    check_host(input, slice, violations);
  check_tiling(input.mapping.slices, input.mapping.replicas, input.layer, [&](std::int32_t core) { return input.name(core); },
               violations);
}

} // namespace moesaic::mappings
