#include "sim/map_report.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/placement/random_placement.hpp"
#include "sim/environment.hpp"

namespace moesaic::sim {

namespace {

constexpr const char* lowered = "snake";

Found found_by(const PlacedMoe& moe, const mappings::PlacementRequest& request, const std::string& name) {
  Found found{name, {}, {}, false};
  if (name == lowered) {
    found.placement = mappings::placement_of(moe.chip, moe.program);
  } else {
    auto result = mappings::strategy(name).place(request);
    found.placement = std::move(result.placement);
    found.out_of_time = result.out_of_time;
  }
  found.estimate = mappings::estimate(moe.traffic, moe.floor, found.placement);
  return found;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto& one : mappings::strategies()) {
    names.push_back(one->name());
    if (names.size() == 1)
      names.push_back(lowered);
  }
  return names;
}

void progress(const char* what, std::size_t done, std::size_t all) {
  if (!shows_progress())
    return;
  if (done < all)
    fmt::print(stderr, "\r{}: {} of {}\033[K", what, done, all);
  else
    fmt::print(stderr, "\r\033[K");
}

/// What takes a phase's time most, over all phases.
std::string bottleneck(const PlacedMoe& moe, const mappings::Estimate& estimate) {
  double link = 0, core = 0, entry = 0;
  for (std::size_t p = 0; p < estimate.phases.size(); ++p) {
    const auto& phase = estimate.phases[p];
    const double weight = moe.traffic.weight_of(static_cast<int>(p));
    const double most = std::max({phase.link_seconds, phase.core_seconds, phase.entry_seconds});
    (most == phase.core_seconds ? core : most == phase.link_seconds ? link : entry) += weight * most;
  }
  return fmt::format("busiest cores {:.1f} us, busiest links {:.1f} us, streams into one chip {:.1f} us, barriers "
                     "{:.1f} us",
                     core * 1e6, link * 1e6, entry * 1e6, moe.floor.fixed_seconds * 1e6);
}

} // namespace

std::string strategy_list() {
  return fmt::format("{}", fmt::join(all_names(), ", "));
}

Found find_placement(const PlacedMoe& moe, const mappings::PlacementRequest& request, const std::string& strategy) {
  if (strategy != "best") {
    if (strategy != lowered)
      mappings::strategy(strategy); // refuses unknown ones
    return found_by(moe, request, strategy);
  }
  Found best;
  for (const std::string& name : all_names()) {
    if (name == "annealing")
      continue;
    Found one = found_by(moe, request, name);
    if (best.strategy.empty() || one.estimate.value(request.objective) < best.estimate.value(request.objective))
      best = std::move(one);
  }
  return best;
}

std::string estimate_report(const PlacedMoe& moe, const Found& found) {
  const mappings::PlacementRequest request{&moe.traffic, &moe.floor};
  const Found naive = found_by(moe, request, "naive");
  std::string text = fmt::format("{:12} {:>12} {:>16} {:>14} {:>7}   (estimated, per token)\n", "placement", "latency",
                                 "placed energy", "flit hops", "chips");
  for (const Found* one : {&naive, &found})
    text += fmt::format("{:12} {:>9.2f} us {:>13.4f} mJ {:>14.0f} {:>7}\n", one->strategy, one->estimate.seconds * 1e6,
                        one->estimate.joules() * 1e3, one->estimate.flit_hops, one->estimate.chips);
  text += fmt::format("time         {}\n", bottleneck(moe, found.estimate));
  text += "energy       links and static power of all chips in the grid; what cores spend does not depend on places\n";
  return text;
}

std::string gain_report(const PlacedMoe& moe, const mappings::PlacementRequest& request, int tokens) {
  const auto names = all_names();
  std::vector<Found> found;
  std::vector<SimulatedCost> costs;
  for (const std::string& name : names) {
    progress("strategies simulated", found.size(), names.size());
    found.push_back(found_by(moe, request, name));
    costs.push_back(simulate_placement(moe, found.back().placement, request.seed, tokens));
  }
  progress("strategies simulated", names.size(), names.size());
  std::string text = fmt::format("{} on {}, objective {}: {} tokens of another trace simulated one at a time; gains "
                                 "over naive\n\n{:12} {:>11} {:>7} {:>12} {:>7} {:>13} {:>7} {:>11}  {}\n",
                                 moe.layer.title, moe.chip.title,
                                 mappings::objective_names()[static_cast<std::size_t>(request.objective)], tokens,
                                 "strategy", "latency", "gain", "energy", "gain", "EDP", "gain", "estimate", "bound by");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const SimulatedCost &one = costs[i], &naive = costs[0];
    text += fmt::format("{:12} {:>8.2f} us {:>6.2f}x {:>9.4f} mJ {:>6.2f}x {:>10.4g} Js {:>6.2f}x {:>8.2f} us  {} "
                        "({:.0f} %){}\n",
                        names[i], one.seconds * 1e6, naive.seconds / one.seconds, one.joules * 1e3,
                        naive.joules / one.joules, one.energy_delay(), naive.energy_delay() / one.energy_delay(),
                        found[i].estimate.seconds * 1e6, one.bound, 100 * one.bound_share,
                        found[i].out_of_time ? " cut short" : "");
  }
  return text;
}

std::string correlation_report(const PlacedMoe& moe, int count, std::uint64_t seed) {
  std::vector<double> estimated[3], simulated[3]; // scattered, by cluster, all
  const auto traffic = mappings::traffic_of(moe.chip, moe.program, mappings::moe_roles(moe.plan, moe.program),
                                            measuring_tokens(moe.layer, seed, 1));
  for (int i = 0; i < count; ++i) {
    progress("placements simulated", static_cast<std::size_t>(i), static_cast<std::size_t>(count));
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
  progress("placements simulated", static_cast<std::size_t>(count), static_cast<std::size_t>(count));
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
