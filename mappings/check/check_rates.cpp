#include "mappings/check/check_rates.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "hw/neuromorphic/chip_tree.hpp"
#include "mappings/placement/neuromorphic_traffic.hpp"
#include "mappings/placement/route_tree.hpp"
#include "mappings/check/streamed_rows.hpp"

namespace moesaic::mappings {

namespace {

constexpr double rounding = 1e-9;

class RateCheck {
 public:
  RateCheck(const CheckInput& input, const std::vector<std::vector<std::int32_t>>& chosen)
      : input_(input), mapping_(input.mapping), floor_(floor_of_mapping(mapping_, input.chip)) {
    for (const auto& numbers : serving({input.replicas, mapping_.replica_rule, places()}, chosen))
      for (const std::int32_t number : numbers) {
        chosen_.resize(std::max(chosen_.size(), static_cast<std::size_t>(number) + 1));
        chosen_[static_cast<std::size_t>(number)] += 1.0 / static_cast<double>(chosen.size());
      }
  }

  Rates run() {
    link_flits();
    core_seconds();
    Rates rates;
    for (int link = 0; link < floor_.links(); ++link) {
      const double seconds = flits_[static_cast<std::size_t>(link)] * floor_.cost_of(link).occupancy;
      rates.links.push_back(seconds);
      if (seconds > rates.link_seconds)
        rates.link_seconds = seconds, rates.link = link;
    }
    for (std::size_t c = 0; c < cores_.size(); ++c)
      if (cores_[c] > rates.core_seconds)
        rates.core_seconds = cores_[c], rates.core = static_cast<int>(c);
    rates.cores = std::move(cores_);
    rates.outer = outer_seconds();
    for (std::size_t chip = 0; chip < rates.outer.size(); ++chip)
      if (rates.outer[chip] > rates.outer_seconds)
        rates.outer_seconds = rates.outer[chip], rates.outer_chip = static_cast<int>(chip);
    return rates;
  }

  std::string link_name(int link) const {
    const int from = floor_.from_of(link);
    return fmt::format("link {} of {}{}", floor_.direction_name(link), floor_.is_switch(from) ? "" : "router ",
                       floor_.router_name(from));
  }

 private:
  /// Where the replicas' cores stand, each counted once however many slices it holds.
  ReplicaPlaces places() const {
    ReplicaPlaces places;
    std::set<std::int32_t> seen;
    hw::CorePlace choice;
    for (std::size_t core = 0; core < mapping_.cores.size(); ++core)
      if (input_.population(static_cast<std::int32_t>(core)).name == "choice")
        choice = {mapping_.cores[core].chip, mapping_.cores[core].core};
    for (const Slice& slice : mapping_.slices)
      if (seen.insert(slice.core).second) {
        const MappedCore& at = mapping_.cores[static_cast<std::size_t>(slice.core)];
        places.weights.push_back(
            {static_cast<std::int32_t>(input_.number(slice.core)), at.chip,
             hw::links_between(input_.chip, mapping_.chips_across, mapping_.chips_down, {at.chip, at.core}, choice)});
      }
    return places;
  }

  /// Share of tokens for which a send or slice works: replica number -1 for all.
  double share(std::int64_t number) const {
    if (number < 0)
      return 1;
    return static_cast<std::size_t>(number) < chosen_.size() ? chosen_[static_cast<std::size_t>(number)] : 0;
  }
  int slot(std::int32_t core) const {
    const MappedCore& at = mapping_.cores[static_cast<std::size_t>(core)];
    return floor_.slot_of(at.chip, at.core);
  }

  void link_flits() {
    flits_.assign(static_cast<std::size_t>(floor_.links()), 0);
    std::map<std::int32_t, std::vector<int>> members;
    for (const Member& m : mapping_.members)
      members[m.group].push_back(slot(m.core));
    MessageRoute route(floor_);
    std::size_t hop = 0;
    for (std::size_t s = 0; s < mapping_.sends.size(); ++s) {
      const Send& send = mapping_.sends[s];
      const double flits = send.messages * share(send.when - 1);
      bool own = false;
      for (; hop < mapping_.hops.size() && mapping_.hops[hop].send == static_cast<std::int32_t>(s); ++hop) {
        own = true;
        flits_[static_cast<std::size_t>(floor_.link_between(mapping_.hops[hop].from, mapping_.hops[hop].to))] += flits;
      }
      const auto& to = members[send.group];
      if (!own && flits > 0)
        route.links(
            slot(send.core), static_cast<int>(to.size()), [&](int i) { return to[static_cast<std::size_t>(i)]; },
            [&](int link, int) { flits_[static_cast<std::size_t>(link)] += flits; });
    }
  }

  /// A weight is fetched for each operation; a core also waits for rows of streamed weights.
  void core_seconds() {
    cores_.assign(mapping_.cores.size(), 0);
    const double each = input_.chip.synapse(hw::SynapseFormat::dense).latency.value;
    for (const Slice& slice : mapping_.slices)
      cores_[static_cast<std::size_t>(slice.core)] +=
          share(input_.number(slice.core)) * each * static_cast<double>(slice.rows) * static_cast<double>(slice.columns);
    if (mapping_.resident || !input_.chip.outer_memory)
      return;
    // A row is asked for when its message comes in, and only so many messages are in: those that wait and the next one.
    const hw::OuterMemory& outer = *input_.chip.outer_memory;
    for (const StreamedRows& core : streamed_rows(input_)) {
      const double row = outer.latency.value + core.row_bytes / outer.bandwidth.value;
      double& seconds = cores_[static_cast<std::size_t>(core.core)];
      seconds = std::max(seconds, share(input_.number(core.core)) * core.rows * row / (input_.chip.axon_in_queue + 1));
    }
  }

  /// A row of streamed weights is fetched in whole bursts.
  std::vector<double> outer_seconds() const {
    if (mapping_.resident || !input_.chip.outer_memory)
      return {};
    std::vector<double> seconds(static_cast<std::size_t>(input_.chips()));
    for (const StreamedRows& core : streamed_rows(input_))
      seconds[static_cast<std::size_t>(mapping_.cores[static_cast<std::size_t>(core.core)].chip)] +=
          share(input_.number(core.core)) * core.rows * core.row_bytes / input_.chip.outer_memory->bandwidth.value;
    return seconds;
  }

  const CheckInput& input_;
  const Mapping& mapping_;
  Floor floor_;
  std::vector<double> chosen_; ///< by replica number: share of tokens that it serves
  std::vector<double> flits_, cores_;
};

} // namespace

Floor floor_of_mapping(const Mapping& mapping, const hw::Chip& chip) {
  hw::Program grid;
  grid.grid_width = mapping.chips_across;
  grid.grid_height = mapping.chips_down;
  grid.chips = mapping.chips_across * mapping.chips_down;
  return floor_of(chip, grid, 0);
}

Rates rates_of(const CheckInput& input, const std::vector<std::vector<std::int32_t>>& chosen) {
  return RateCheck(input, chosen).run();
}

void check_rates(const CheckInput& input, const std::vector<std::vector<std::int32_t>>& chosen,
                 double tokens_per_second, std::vector<Violation>& violations) {
  RateCheck check(input, chosen);
  const Rates rates = check.run();
  const auto look = [&](const char* kind, const std::string& place, double seconds, const char* remedy) {
    violations.push_back({kind, place, fmt::format("at most {:.4g} us per token at {:g} tokens/s",
                                                   1e6 / tokens_per_second, tokens_per_second),
                          fmt::format("{:.4g} us, {:.2f} times as much", seconds * 1e6, seconds * tokens_per_second),
                          remedy});
  };
  for (std::size_t link = 0; link < rates.links.size(); ++link)
    if (rates.links[link] * tokens_per_second > 1 + rounding)
      look("link bandwidth", check.link_name(static_cast<int>(link)), rates.links[link],
           "place senders nearer to their receivers, or ask for fewer tokens per second");
  for (std::size_t chip = 0; chip < rates.outer.size(); ++chip)
    if (rates.outer[chip] * tokens_per_second > 1 + rounding)
      look("outer memory bandwidth", fmt::format("chip {}", chip), rates.outer[chip],
           "spread the experts over more chips, replicate them, or ask for fewer tokens per second");
  for (std::size_t core = 0; core < rates.cores.size(); ++core)
    if (rates.cores[core] * tokens_per_second > 1 + rounding)
      look("memory bandwidth", input.name(static_cast<std::int32_t>(core)), rates.cores[core],
           "cut the expert into more slices, replicate it, or ask for fewer tokens per second");
}

std::string to_text(const Rates& rates, const CheckInput& input) {
  std::string text;
  if (rates.link >= 0)
    text += fmt::format("busiest {}: {:.4g} us per token, at most {:.4g} tokens/s\n",
                        RateCheck(input, {{}}).link_name(rates.link), rates.link_seconds * 1e6,
                        1 / rates.link_seconds);
  if (rates.core >= 0)
    text += fmt::format("busiest memory {}: {:.4g} us per token, at most {:.4g} tokens/s\n", input.name(rates.core),
                        rates.core_seconds * 1e6, 1 / rates.core_seconds);
  if (rates.outer_chip >= 0)
    text += fmt::format("busiest outer memory of chip {}: {:.4g} us per token, at most {:.4g} tokens/s\n",
                        rates.outer_chip, rates.outer_seconds * 1e6, 1 / rates.outer_seconds);
  return text;
}

} // namespace moesaic::mappings
