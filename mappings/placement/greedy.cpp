#include <algorithm>
#include <cmath>
#include <limits>

#include "mappings/placement/strategy.hpp"

namespace moesaic::mappings {

namespace {

/// Places cluster by cluster: always the one that exchanges most with those placed, as near to them as slots
/// are free.
class GreedyPlacer {
 public:
  explicit GreedyPlacer(const PlacementRequest& request)
      : floor_(*request.floor), graph_(cluster_graph(*request.traffic)),
        members_(members_by_cluster(*request.traffic)), inside_(members_.size()),
        attraction_(members_.size()), where_(members_.size()),
        free_(static_cast<std::size_t>(floor_.chips()), floor_.chip_cores),
        placement_(request.traffic->vertices.size(), -1) {
    for (const Net& net : request.traffic->nets)
      inside_[static_cast<std::size_t>(
          request.traffic->vertices[static_cast<std::size_t>(net.source)].cluster)] += net.flits;
  }

  Placement run() {
    for (std::size_t i = 0; i < members_.size(); ++i)
      put(next());
    return placement_;
  }

 private:
  struct Point {
    double x = 0, y = 0;
    bool placed = false;
    double chip = 0; ///< mean number, which tells how near it is in a tree
  };

  double exchanged(std::size_t cluster) const {
    double sum = 0;
    for (auto [e, end] = boost::out_edges(cluster, graph_); e != end; ++e)
      sum += boost::get(boost::edge_weight, graph_, *e);
    return sum;
  }

  /// The unplaced cluster with most traffic to placed ones; at the start the one with most traffic at all.
  std::size_t next() const {
    std::size_t best = 0;
    double most = -1;
    const bool first = std::none_of(where_.begin(), where_.end(), [](const Point& p) { return p.placed; });
    for (std::size_t c = 0; c < members_.size(); ++c)
      if (const double weight = first ? exchanged(c) : attraction_[c]; !where_[c].placed && weight > most) {
        most = weight;
        best = c;
      }
    return best;
  }

  double distance(int chip, const Point& point) const {
    if (!floor_.tree.empty())
      return floor_.chips_between(chip, static_cast<int>(point.chip));
    return std::abs(chip % floor_.chips_across - point.x) + std::abs(chip / floor_.chips_across - point.y);
  }

  /// Flit-distance of a cluster at a chip to all placed neighbours, or to the middle when there are none.
  double pull(std::size_t cluster, int chip) const {
    double sum = 0;
    bool alone = true;
    for (auto [e, end] = boost::out_edges(cluster, graph_); e != end; ++e)
      if (const Point& point = where_[boost::target(*e, graph_)]; point.placed) {
        sum += boost::get(boost::edge_weight, graph_, *e) * distance(chip, point);
        alone = false;
      }
    if (alone && !floor_.tree.empty()) // no chip of a tree is in its middle
      return 0;
    return alone ? distance(chip, {(floor_.chips_across - 1) / 2.0, (floor_.chips_down - 1) / 2.0, true})
                 : sum;
  }

  int nearest_free(std::size_t cluster, const Point* anchor) const {
    int best = -1;
    double least = std::numeric_limits<double>::infinity();
    for (int chip = 0; chip < floor_.chips(); ++chip) {
      if (free_[static_cast<std::size_t>(chip)] == 0)
        continue;
      const double cost = pull(cluster, chip) + (anchor ? inside_[cluster] * distance(chip, *anchor) : 0);
      if (cost < least) {
        least = cost;
        best = chip;
      }
    }
    return best;
  }

  void put(std::size_t cluster) {
    Point sum, anchor;
    for (const std::int32_t vertex : members_[cluster]) {
      if (chip_ < 0 || free_[static_cast<std::size_t>(chip_)] == 0 || !anchor.placed) {
        chip_ = nearest_free(cluster, anchor.placed ? &anchor : nullptr);
        if (!anchor.placed)
          anchor = {double(chip_ % floor_.chips_across), double(chip_ / floor_.chips_across), true, double(chip_)};
      }
      int& left = free_[static_cast<std::size_t>(chip_)];
      placement_[static_cast<std::size_t>(vertex)] = floor_.slot_of(chip_, floor_.chip_cores - left--);
      sum.x += chip_ % floor_.chips_across;
      sum.y += chip_ / floor_.chips_across;
      sum.chip += chip_;
    }
    const double size = std::max<double>(1, static_cast<double>(members_[cluster].size()));
    where_[cluster] = {sum.x / size, sum.y / size, true, sum.chip / size};
    for (auto [e, end] = boost::out_edges(cluster, graph_); e != end; ++e)
      attraction_[boost::target(*e, graph_)] += boost::get(boost::edge_weight, graph_, *e);
  }

  const Floor& floor_;
  ClusterGraph graph_;
  std::vector<std::vector<std::int32_t>> members_;
  std::vector<double> inside_, attraction_;
  std::vector<Point> where_;
  std::vector<int> free_;
  Placement placement_;
  int chip_ = -1;
};

class Greedy : public Strategy {
 public:
  const char* name() const override { return "greedy"; }
  const char* description() const override {
    return "clusters by traffic from the middle of the grid, each next to those it talks to";
  }
  PlacementResult place(const PlacementRequest& request) const override {
    check_request(request);
    PlacementResult result;
    result.placement = GreedyPlacer(request).run();
    return result;
  }
};

} // namespace

std::unique_ptr<Strategy> make_greedy() {
  return std::make_unique<Greedy>();
}

} // namespace moesaic::mappings
