// How well the estimate ranks placements by what they cost when simulated.
#include <algorithm>

#include <fmt/format.h>

#include "mappings/placement/random_placement.hpp"
#include "sim/commands/map_report.hpp"
#include "sim/environment.hpp"

namespace moesaic::sim {

std::string correlation_report(const PlacedMoe& moe, int count, std::uint64_t seed) {
  std::vector<double> estimated[3], simulated[3]; // scattered, by cluster, all
  const auto traffic = traffic_of_tokens(moe, measuring_tokens(moe.layer, seed, 1));
  for (int i = 0; i < count; ++i) {
    show_progress("placements simulated", static_cast<std::size_t>(i), static_cast<std::size_t>(count));
    const auto disorder = static_cast<mappings::Disorder>(i % 2);
    const auto placement =
        mappings::random_placement(moe.traffic, moe.floor, disorder, seed + static_cast<std::uint64_t>(i));
    const double guess = mappings::estimate(traffic, moe.floor, placement).seconds;
    const double real = simulate_placement(moe, placement, seed, 1).seconds;
    for (const int list : {i % 2, 2}) {
      estimated[list].push_back(guess);
      simulated[list].push_back(real);
    }
  }
  show_progress("placements simulated", static_cast<std::size_t>(count), static_cast<std::size_t>(count));
  std::string text = fmt::format("{:28} {:>6} {:>22} {:>22} {:>12}\n", "random placements", "number",
                                 "simulated latency, us", "estimated, us", "Spearman");
  text.insert(0, "Estimate against simulation, of the same token\n");
  const char* const names[] = {"scattered core by core", "clusters in random order", "all"};
  for (int list = 0; list < 3; ++list) {
    if (estimated[list].size() < 2)
      continue;
    const auto range = [](const std::vector<double>& values) {
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      return fmt::format("{:.2f} to {:.2f}", *low * 1e6, *high * 1e6);
    };
    text += fmt::format("{:28} {:>6} {:>22} {:>22} {:>12.4f}\n", names[list], estimated[list].size(),
                        range(simulated[list]), range(estimated[list]),
                        mappings::rank_correlation(estimated[list], simulated[list]));
  }
  return text;
}

} // namespace moesaic::sim
