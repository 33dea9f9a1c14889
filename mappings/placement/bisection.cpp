#include "mappings/placement/bisection.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace moesaic::mappings {

namespace {

constexpr int most_passes = 8;

class Bisection {
 public:
  Bisection(const ClusterGraph& graph, const std::vector<std::int32_t>& clusters, double share,
            std::uint64_t seed)
      : graph_(graph), clusters_(clusters), side_(boost::num_vertices(graph), -1) {
    std::vector<std::int32_t> order = clusters;
    std::mt19937_64 random(seed);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[random() % i]);
    for (const std::int32_t c : order)
      total_ += size(c);
    wanted_ = share * total_;
    for (const std::int32_t c : order) {
      const bool first = held_ + size(c) / 2 <= wanted_;
      side_[static_cast<std::size_t>(c)] = first ? 0 : 1;
      held_ += first ? size(c) : 0;
      largest_ = std::max(largest_, size(c));
    }
  }

  void improve() {
    for (int pass = 0; pass < most_passes && run_pass(); ++pass) {
    }
  }

  std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>> halves() const {
    std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>> result;
    for (const std::int32_t c : clusters_)
      (side_[static_cast<std::size_t>(c)] == 0 ? result.first : result.second).push_back(c);
    return result;
  }

 private:
  double size(std::int32_t c) const {
    return boost::get(boost::vertex_index1, graph_, static_cast<std::size_t>(c));
  }

  /// Traffic saved by moving a cluster to the other side.
  double gain(std::int32_t c) const {
    double sum = 0;
    for (auto [e, end] = boost::out_edges(static_cast<std::size_t>(c), graph_); e != end; ++e) {
      const int other = side_[boost::target(*e, graph_)];
      if (other >= 0)
        sum += (other == side_[static_cast<std::size_t>(c)] ? -1 : 1) *
               boost::get(boost::edge_weight, graph_, *e);
    }
    return sum;
  }

  void move(std::int32_t c) {
    int& side = side_[static_cast<std::size_t>(c)];
    held_ += side == 0 ? -size(c) : size(c);
    side = 1 - side;
  }

  bool balanced_after(std::int32_t c) const {
    const double held = held_ + (side_[static_cast<std::size_t>(c)] == 0 ? -size(c) : size(c));
    return std::abs(held - wanted_) <= std::max(largest_, std::abs(held_ - wanted_) - 0.5);
  }

  /// Moves every cluster once, best gain first, and keeps the best prefix. False when nothing was won.
  bool run_pass() {
    std::vector<std::int32_t> moved;
    std::vector<bool> locked(side_.size());
    std::vector<double> gains(side_.size());
    for (const std::int32_t c : clusters_)
      gains[static_cast<std::size_t>(c)] = gain(c);
    double sum = 0, best = 0;
    std::size_t keep = 0;
    for (;;) {
      std::int32_t pick = -1;
      for (const std::int32_t c : clusters_)
        if (!locked[static_cast<std::size_t>(c)] && balanced_after(c) &&
            (pick < 0 || gains[static_cast<std::size_t>(c)] > gains[static_cast<std::size_t>(pick)]))
          pick = c;
      if (pick < 0)
        break;
      sum += gains[static_cast<std::size_t>(pick)];
      locked[static_cast<std::size_t>(pick)] = true;
      move(pick);
      moved.push_back(pick);
      for (auto [e, end] = boost::out_edges(static_cast<std::size_t>(pick), graph_); e != end; ++e)
        gains[boost::target(*e, graph_)] = gain(static_cast<std::int32_t>(boost::target(*e, graph_)));
      if (sum > best * (1 + 1e-12) + 1e-12) {
        best = sum;
        keep = moved.size();
      }
    }
    while (moved.size() > keep) {
      move(moved.back());
      moved.pop_back();
    }
    return keep > 0;
  }

  const ClusterGraph& graph_;
  const std::vector<std::int32_t>& clusters_;
  std::vector<int> side_; ///< 0, 1, or -1 outside
  double total_ = 0, wanted_ = 0, held_ = 0, largest_ = 0;
};

} // namespace

std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>
bisect(const ClusterGraph& graph, const std::vector<std::int32_t>& clusters, double share,
       std::uint64_t seed) {
  Bisection bisection(graph, clusters, share, seed);
  bisection.improve();
  return bisection.halves();
}

double cut(const ClusterGraph& graph, const std::vector<std::int32_t>& first,
           const std::vector<std::int32_t>& second) {
  std::vector<bool> across(boost::num_vertices(graph));
  for (const std::int32_t c : second)
    across[static_cast<std::size_t>(c)] = true;
  double sum = 0;
  for (const std::int32_t c : first)
    for (auto [e, end] = boost::out_edges(static_cast<std::size_t>(c), graph); e != end; ++e)
      if (across[boost::target(*e, graph)])
        sum += boost::get(boost::edge_weight, graph, *e);
  return sum;
}

} // namespace moesaic::mappings
