#include <map>

#include <fmt/format.h>

#include "hw/neuromorphic/chip_tree.hpp"
#include "mappings/check/check_mapping.hpp"

namespace moesaic::mappings {

void check_places(const CheckInput& input, std::vector<Violation>& violations) {
  const Mapping& mapping = input.mapping;
  if (const int most = hw::most_chips(input.chip); most > 0 && input.chips() > most)
    violations.push_back(
        {"chips", "the whole grid", fmt::format("at most {} chips", most),
         fmt::format("{} chips ({} x {})", input.chips(), mapping.chips_across, mapping.chips_down),
         "use a smaller layer, fewer replicas or fewer slices per expert"});
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> holder;
  for (std::size_t c = 0; c < mapping.cores.size(); ++c) {
    const auto index = static_cast<std::int32_t>(c);
    const MappedCore& core = mapping.cores[c];
    if (core.chip >= input.chips())
      violations.push_back({"no such chip", input.name(index), fmt::format("chip 0 to {}", input.chips() - 1),
                            fmt::format("chip {}", core.chip),
                            "move it to a chip of the grid, or enlarge the grid"});
    if (core.core >= input.chip.cores)
      violations.push_back({"no such core", input.name(index),
                            fmt::format("core 0 to {}", input.chip.cores - 1),
                            fmt::format("core {}", core.core), "move it to a free core"});
    const auto [at, free] = holder.try_emplace({core.chip, core.core}, index);
    if (!free)
      violations.push_back({"core used twice", input.name(index), "one population per core",
                            fmt::format("also held by {}", input.population(at->second).name),
                            "move one of the two to a free core"});
  }
}

} // namespace moesaic::mappings
