#include "sim/commands/map_report.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/environment.hpp"
#include "sim/neuromorphic/simulate_each.hpp"

namespace moesaic::sim {

namespace {

constexpr const char *lowered = "snake", *replicated = "eplb";

/// What placements are estimated for.
struct Measure {
  std::vector<std::vector<std::int32_t>> tokens; ///< experts of each
  mappings::Traffic traffic;                     ///< theirs without replicas
};

/// Placed for the request's traffic, estimated for the measured tokens.
Found found_by(const PlacedMoe& moe, const mappings::PlacementRequest& request, const Measure& measure,
               const std::string& name, const Redundancy& redundancy) {
  Found found;
  found.strategy = name;
  if (name == replicated) {
    found.own = std::make_shared<const PlacedMoe>(lower_balanced(moe, request.seed, redundancy));
    found.placement = mappings::placement_of(moe.chip, found.own->program);
    found.estimate = mappings::estimate(traffic_of_tokens(*found.own, measure.tokens), found.own->floor, found.placement);
    return found;
  }
  if (name == lowered) {
    found.placement = mappings::placement_of(moe.chip, moe.program);
  } else {
    auto result = mappings::strategy(name).place(request);
    found.placement = std::move(result.placement);
    found.out_of_time = result.out_of_time;
    found.start = result.start;
  }
  found.estimate = mappings::estimate(measure.traffic, moe.floor, found.placement);
  return found;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto& one : mappings::strategies()) {
    names.push_back(one->name());
    if (names.size() == 1)
      names.push_back(lowered);
  }
  names.push_back(replicated);
  return names;
}

/// What takes a phase's time most, over all phases. Messages that wait also wait for busy cores and links, so they count
/// only where they take longer than those.
std::string bottleneck(const PlacedMoe& moe, const mappings::Estimate& estimate) {
  constexpr double longer = 1.05;
  double link = 0, core = 0, flow = 0;
  for (const auto& phase : estimate.phases) {
    const double busiest = std::max(phase.link_seconds, phase.core_seconds), seconds = phase.weight * phase.seconds();
    (phase.flow_seconds > longer * busiest ? flow : phase.core_seconds >= phase.link_seconds ? core : link) += seconds;
  }
  return fmt::format("busiest cores {:.1f} us, busiest links {:.1f} us, messages held up {:.1f} us, barriers "
                     "{:.1f} us",
                     core * 1e6, link * 1e6, flow * 1e6, moe.floor.fixed_seconds * 1e6);
}

} // namespace

/// Streamed experts must fit their chips' outer memories, which only the lowering's own places heed.
static std::vector<std::string> names_for(const PlacedMoe& moe) {
  return moe.plan.streamed ? std::vector<std::string>{lowered, replicated} : all_names();
}

std::string strategy_list() {
  return fmt::format("{}", fmt::join(all_names(), ", "));
}

void check_strategy(const std::string& name) {
  auto known = all_names();
  known.emplace_back("best");
  if (std::find(known.begin(), known.end(), name) == known.end())
    mappings::strategy(name); // says what it is, or what is near
}

/// A token of more cores takes the simulator seconds.
static bool simulates_all(const PlacedMoe& moe) {
  return moe.program.cores.size() <= moe.small;
}

int choice_tokens(const PlacedMoe& moe) {
  return simulates_all(moe) ? 4 : 1;
}

std::vector<Found> find_placements(const PlacedMoe& moe, const mappings::PlacementRequest& request,
                                   const std::string& strategy, const Redundancy& redundancy) {
  const auto known = names_for(moe);
  if (strategy != "best" && std::find(known.begin(), known.end(), strategy) == known.end()) {
    if (!moe.plan.streamed)
      mappings::strategy(strategy); // refuses unknown ones
    throw InputError(fmt::format("--strategy: streamed weights with '{}' are not supported, only with one of: {}", strategy,
                                 fmt::join(known, ", ")));
  }
  std::vector<std::string> names{known.front()};
  const auto in_best = [](const std::string& name) { return name != "annealing" && name != "metis" && name != replicated; };
  for (const std::string& name : known)
    if (name != names.front() && (strategy == "best" ? in_best(name) : name == strategy))
      names.push_back(name);
  const auto tokens = choosing_tokens(moe.layer, request.seed, choice_tokens(moe));
  const Measure measure{tokens, traffic_of_tokens(moe, tokens)};
  std::vector<Found> found;
  std::vector<double> least;
  for (const std::string& name : names) {
    found.push_back(found_by(moe, request, measure, name, redundancy));
    if (name != names.front() || names.size() == 1)
      least.push_back(found.back().estimate.value(request.objective));
  }
  std::sort(least.begin(), least.end());
  std::vector<std::size_t> simulated;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (i == 0 || simulates_all(moe) || found[i].estimate.value(request.objective) <= least[std::min<std::size_t>(1, least.size() - 1)])
      simulated.push_back(i);
  const auto start = std::chrono::steady_clock::now();
  const auto costs = simulate_each("placements simulated", simulated.size(), [&](std::size_t i) {
    const Found& one = found[simulated[i]];
    return simulate_tokens(one.moe(moe), one.placement, tokens);
  });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (std::size_t i = 0; i < simulated.size(); ++i) {
    found[simulated[i]].simulated = costs[i];
    found[simulated[i]].simulating_seconds = seconds / static_cast<double>(simulated.size());
  }
  return found;
}

const Found& choose(const std::vector<Found>& found, mappings::Objective objective, const std::string& strategy) {
  if (strategy != "best")
    return found.back();
  const auto cost = [&](const Found& one) {
    return one.simulated.seconds > 0 ? one.simulated.value(objective, one.estimate.chips)
                                     : std::numeric_limits<double>::infinity();
  };
  return *std::min_element(found.begin(), found.end(), [&](const Found& a, const Found& b) {
    return std::make_pair(cost(a), a.simulated.seconds) < std::make_pair(cost(b), b.simulated.seconds);
  });
}

std::string cost_report(const PlacedMoe& moe, const std::vector<Found>& found, const Found& chosen) {
  std::string text = fmt::format("{:12} {:>14} {:>14} {:>14} {:>8} {:>13} {:>6}\n", "per token", "estimated", "simulated",
                                 "energy", "EDP gain", "flit hops", "chips");
  const SimulatedCost& naive = found.front().simulated;
  for (const Found& one : found) {
    if (one.simulated.seconds == 0) {
      text += fmt::format("{:12} {:>11.2f} us {:>14} {:>14} {:>8} {:>13.0f} {:>6}\n", one.strategy,
                          one.estimate.seconds * 1e6, "not simulated", "", "", one.estimate.flit_hops, one.estimate.chips);
      continue;
    }
    text += fmt::format("{:12} {:>11.2f} us {:>11.2f} us {:>11.4f} mJ {:>7.2f}x {:>13.0f} {:>6}{}\n", one.strategy,
                        one.estimate.seconds * 1e6, one.simulated.seconds * 1e6, one.simulated.joules * 1e3,
                        naive.energy_delay() / one.simulated.energy_delay(), one.estimate.flit_hops,
                        one.estimate.chips, (one.start.empty() ? "" : "  from " + one.start) + (&one == &chosen ? "  chosen" : ""));
  }
  text += fmt::format("simulated    {} token{} of another trace than the one placed for, one at a time; bound by {} ({:.0f} %)\n",
                      choice_tokens(moe), choice_tokens(moe) == 1 ? "" : "s", chosen.simulated.bound, 100 * chosen.simulated.bound_share);
  text += fmt::format("estimated    {}\n", bottleneck(chosen.moe(moe), chosen.estimate));
  if (chosen.simulated.energy_delay() > naive.energy_delay())
    text += fmt::format("             {} is worse than {} here\n", chosen.strategy,
                        found.front().strategy == "naive" ? "the naive order" : found.front().strategy);
  return text;
}

std::string gain_report(const PlacedMoe& moe, const mappings::PlacementRequest& request, int tokens,
                        const Redundancy& redundancy) {
  const auto names = names_for(moe);
  const auto experts = measuring_tokens(moe.layer, request.seed, tokens);
  const Measure measure{experts, traffic_of_tokens(moe, experts)};
  std::vector<Found> found;
  for (const std::string& name : names) {
    show_progress("strategies placed", found.size(), names.size());
    found.push_back(found_by(moe, request, measure, name, redundancy));
  }
  show_progress("strategies placed", names.size(), names.size());
  const auto costs = simulate_each("strategies simulated", found.size(), [&](std::size_t i) {
    return simulate_placement(found[i].moe(moe), found[i].placement, request.seed, tokens);
  });
  std::string text = fmt::format("{} on {}, objective {}: {} tokens of another trace simulated one at a time; gains "
                                 "over {}\n\n{:12} {:>11} {:>7} {:>12} {:>7} {:>13} {:>7} {:>11}  {}\n",
                                 moe.layer.title, moe.chip.title,
                                 mappings::objective_names()[static_cast<std::size_t>(request.objective)], tokens, names[0],
                                 "strategy", "latency", "gain", "energy", "gain", "EDP", "gain", "estimate", "bound by");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const SimulatedCost &one = costs[i], &naive = costs[0];
    text += fmt::format("{:12} {:>8.2f} us {:>6.2f}x {:>9.4f} mJ {:>6.2f}x {:>10.4g} Js {:>6.2f}x {:>8.2f} us  {} "
                        "({:.0f} %){}\n",
                        names[i], one.seconds * 1e6, naive.seconds / one.seconds, one.joules * 1e3,
                        naive.joules / one.joules, one.energy_delay(), naive.energy_delay() / one.energy_delay(),
                        found[i].estimate.seconds * 1e6, one.bound, 100 * one.bound_share,
                        (found[i].start.empty() ? "" : ", from " + found[i].start) + (found[i].out_of_time ? ", cut short" : ""));
  }
  return text;
}

} // namespace moesaic::sim
