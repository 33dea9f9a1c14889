#include "mappings/placement/search_state.hpp"

#include <algorithm>
#include <cmath>

namespace moesaic::mappings {

SearchState::SearchState(const PlacementRequest& request, Placement start)
    : request_(request), placement_(std::move(start)),
      occupant_(static_cast<std::size_t>(request.floor->slots()), -1),
      on_chip_(static_cast<std::size_t>(request.floor->chips())), loads_(*request.traffic, *request.floor),
      stamp_(loads_.bundles(), -1) {
  for (std::size_t v = 0; v < placement_.size(); ++v) {
    occupant_[static_cast<std::size_t>(placement_[v])] = static_cast<std::int32_t>(v);
    chips_ += on_chip_[static_cast<std::size_t>(request.floor->chip_of(placement_[v]))]++ == 0;
  }
  for (int phase = 0; phase < request.traffic->phases(); ++phase) {
    double most = 0;
    if (static_cast<std::size_t>(phase) < request.traffic->busy.size())
      for (const double seconds : request.traffic->busy[static_cast<std::size_t>(phase)])
        most = std::max(most, seconds);
    busiest_.push_back(most);
  }
  for (std::size_t bundle = 0; bundle < loads_.bundles(); ++bundle)
    loads_.add(static_cast<std::int32_t>(bundle), placement_, 1);
}

double SearchState::cost() const {
  double seconds = request_.floor->fixed_seconds;
  for (std::size_t phase = 0; phase < busiest_.size(); ++phase) {
    const double core = std::pow(busiest_[phase] / loads_.scale(), 8);
    seconds += request_.traffic->weight_of(static_cast<int>(phase)) * loads_.scale() *
               std::pow(std::max(0.0, loads_.power_sum(static_cast<int>(phase))) + core, 0.125);
  }
  const double joules = loads_.joules() + request_.floor->watts() * seconds;
  switch (request_.objective) {
  case Objective::latency:
    return seconds;
  case Objective::energy:
    return joules;
  case Objective::energy_delay:
    return joules * seconds;
  default:
    return chips_ + seconds; // below one chip: fewest chips first, then time
  }
}

void SearchState::update(const Move& move, int sign) {
  if (sign < 0) {
    affected_.clear();
    ++step_;
    for (const auto& [vertex, slot] : move)
      if (loads_.site_of(placement_[static_cast<std::size_t>(vertex)]) != loads_.site_of(slot))
        for (const std::int32_t bundle : loads_.bundles_of(vertex))
          if (stamp_[static_cast<std::size_t>(bundle)] != step_) {
            stamp_[static_cast<std::size_t>(bundle)] = step_;
            affected_.push_back(bundle);
          }
  }
  for (const std::int32_t bundle : affected_)
    loads_.add(bundle, placement_, sign);
}

Move SearchState::make(const Move& move) {
  Move back;
  update(move, -1);
  for (const auto& [vertex, slot] : move) {
    std::int32_t& place = placement_[static_cast<std::size_t>(vertex)];
    back.emplace_back(vertex, place);
    occupant_[static_cast<std::size_t>(place)] = -1;
    chips_ -= --on_chip_[static_cast<std::size_t>(request_.floor->chip_of(place))] == 0;
    place = slot;
  }
  for (const auto& [vertex, slot] : move) {
    occupant_[static_cast<std::size_t>(slot)] = vertex;
    chips_ += on_chip_[static_cast<std::size_t>(request_.floor->chip_of(slot))]++ == 0;
  }
  update(move, 1);
  return back;
}

} // namespace moesaic::mappings
