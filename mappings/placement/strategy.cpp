#include "mappings/placement/strategy.hpp"

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/placement/bisection.hpp"

namespace moesaic::mappings {

const std::vector<std::unique_ptr<Strategy>>& strategies() {
  static const std::vector<std::unique_ptr<Strategy>> all = [] {
    std::vector<std::unique_ptr<Strategy>> list;
    for (const auto make : {make_naive, make_hilbert, make_greedy, make_recursive_partition, make_annealing})
      list.push_back(make());
    if (metis_is_built_in())
      list.push_back(make_metis_partition());
    return list;
  }();
  return all;
}

const Strategy& strategy(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& one : strategies()) {
    if (name == one->name())
      return *one;
    known.emplace_back(one->name());
  }
  if (name == "metis")
    throw InputError("strategy: 'metis' is not supported by this build: it was made without METIS (Debian: libmetis-dev)");
  throw InputError(fmt::format("strategy: unknown '{}'{}", name, suggestion(name, known)));
}

Placement lay(const std::vector<std::int32_t>& order, const std::vector<std::int32_t>& slots) {
  Placement placement(order.size(), -1);
  for (std::size_t i = 0; i < order.size(); ++i)
    placement[static_cast<std::size_t>(order[i])] = slots[i];
  return placement;
}

void check_request(const PlacementRequest& request) {
  check_floor(*request.floor);
  check_traffic(*request.traffic);
  if (!request.traffic->paths.empty())
    throw InputError("placement: the traffic takes paths of its own, which hold for the places that they were made for");
  const int needed = request.traffic->size(), there = request.floor->slots();
  if (needed > there)
    throw InputError(fmt::format(
        "placement: {} cores are needed, {} chips have {}: {} more chips", needed, request.floor->chips(),
        there, (needed - there + request.floor->chip_cores - 1) / request.floor->chip_cores));
  if (request.floor->core_bytes > 0)
    for (int v = 0; v < needed; ++v)
      if (const auto bytes = request.traffic->vertices[static_cast<std::size_t>(v)].bytes;
          bytes > request.floor->core_bytes)
        throw InputError(fmt::format("placement: vertex {} needs {} B, a core has {}", v, bytes,
                                     request.floor->core_bytes));
}

} // namespace moesaic::mappings
