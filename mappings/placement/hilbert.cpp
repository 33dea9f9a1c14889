#include "mappings/placement/strategy.hpp"

namespace moesaic::mappings {

namespace {

/// Usable cores of a chip, router by router along the curve.
std::vector<int> cores_along_curve(const Floor& floor) {
  std::vector<int> cores;
  for (const int router : hilbert_order(floor.routers_across, floor.routers_down))
    for (int local = 0; local < floor.cores_per_router; ++local)
      if (const int core = router * floor.cores_per_router + local; core < floor.chip_cores)
        cores.push_back(core);
  return cores;
}

class Hilbert : public Strategy {
 public:
  const char* name() const override { return "hilbert"; }
  const char* description() const override {
    return "clusters in order along a Hilbert curve over the chips, and within each";
  }
  PlacementResult place(const PlacementRequest& request) const override {
    check_request(request);
    const Floor& floor = *request.floor;
    std::vector<std::int32_t> order, slots;
    for (const auto& members : members_by_cluster(*request.traffic))
      order.insert(order.end(), members.begin(), members.end());
    const std::vector<int> cores = cores_along_curve(floor);
    // Below switches neighbours are those with neighbouring numbers.
    const bool in_order = !floor.tree.empty();
    for (const int chip : in_order ? hilbert_order(floor.chips(), 1) : hilbert_order(floor.chips_across, floor.chips_down))
      for (const int core : cores)
        slots.push_back(floor.slot_of(chip, core));
    PlacementResult result;
    result.placement = lay(order, slots);
    return result;
  }
};

} // namespace

std::unique_ptr<Strategy> make_hilbert() {
  return std::make_unique<Hilbert>();
}

} // namespace moesaic::mappings
