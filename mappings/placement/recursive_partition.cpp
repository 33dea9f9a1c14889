#include <algorithm>
#include <numeric>
#include <random>

#include "mappings/placement/bisection.hpp"
#include "mappings/placement/strategy.hpp"

namespace moesaic::mappings {

namespace {

struct Rectangle {
  int x = 0, y = 0, width = 0, height = 0;
  int area() const { return width * height; }
};

/// Cuts chips and clusters in two, again and again: what exchanges much stays on one side.
class Partitioner {
 public:
  Partitioner(const PlacementRequest& request, decltype(&bisect) halve)
      : floor_(*request.floor), graph_(cluster_graph(*request.traffic)), random_(request.seed), halve_(halve) {}

  void split(const Rectangle& chips, const std::vector<std::int32_t>& clusters) {
    if (chips.area() == 1 || clusters.size() <= 1) {
      clusters_.insert(clusters_.end(), clusters.begin(), clusters.end());
      for (int y = chips.y; y < chips.y + chips.height; ++y)
        for (int x = chips.x; x < chips.x + chips.width; ++x)
          chips_.push_back(y * floor_.chips_across + x);
      return;
    }
    Rectangle first = chips, second = chips;
    if (!floor_.tree.empty()) { // a row of neighbouring numbers
      first.width = floor_.tree.half(chips.x, chips.width);
      second.x += first.width;
      second.width -= first.width;
    } else if (chips.width >= chips.height) {
      first.width = (chips.width + 1) / 2;
      second.x += first.width;
      second.width -= first.width;
    } else {
      first.height = (chips.height + 1) / 2;
      second.y += first.height;
      second.height -= first.height;
    }
    const double share = static_cast<double>(first.area()) / chips.area();
    const auto [left, right] = halve_(graph_, clusters, share, random_());
    split(first, left);
    split(second, right);
  }

  const std::vector<std::int32_t>& clusters() const { return clusters_; }
  const std::vector<std::int32_t>& chips() const { return chips_; }

 private:
  const Floor& floor_;
  ClusterGraph graph_;
  std::mt19937_64 random_;
  decltype(&bisect) halve_;
  std::vector<std::int32_t> clusters_, chips_; ///< in the order of the leaves
};

class RecursivePartition : public Strategy {
 public:
  explicit RecursivePartition(bool metis) : metis_(metis) {}
  const char* name() const override { return metis_ ? "metis" : "partition"; }
  const char* description() const override {
    return metis_ ? "recursive bisection of the communication graph (METIS) and of the grid"
                  : "recursive bisection of the communication graph (Kernighan-Lin) and of the grid";
  }
  PlacementResult place(const PlacementRequest& request) const override {
    check_request(request);
    const Floor& floor = *request.floor;
    std::vector<std::int32_t> all(static_cast<std::size_t>(request.traffic->clusters()));
    std::iota(all.begin(), all.end(), 0);
    Partitioner partitioner(request, metis_ ? metis_bisect : bisect);
    partitioner.split(floor.tree.empty() ? Rectangle{0, 0, floor.chips_across, floor.chips_down} : Rectangle{0, 0, floor.chips(), 1},
                      all);
    const auto members = members_by_cluster(*request.traffic);
    std::vector<std::int32_t> order, slots;
    for (const std::int32_t cluster : partitioner.clusters()) {
      const auto& vertices = members[static_cast<std::size_t>(cluster)];
      order.insert(order.end(), vertices.begin(), vertices.end());
    }
    for (const std::int32_t chip : partitioner.chips())
      for (int core = 0; core < floor.chip_cores; ++core)
        slots.push_back(floor.slot_of(chip, core));
    PlacementResult result;
    result.placement = lay(order, slots);
    return result;
  }

 private:
  bool metis_;
};

} // namespace

std::unique_ptr<Strategy> make_recursive_partition() {
  return std::make_unique<RecursivePartition>(false);
}

std::unique_ptr<Strategy> make_metis_partition() {
  return std::make_unique<RecursivePartition>(true);
}

} // namespace moesaic::mappings
