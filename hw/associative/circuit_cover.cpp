#include "hw/associative/circuit_cover.hpp"

#include <algorithm>
#include <map>

namespace moesaic::hw::associative {

namespace {

constexpr std::size_t cuts_kept = 8; // of a node
constexpr int rounds = 4;            // each knows better how many uses a node has

bool is_gate(const Gate& gate) {
  return gate.kind != Gate::Kind::constant && gate.kind != Gate::Kind::input;
}

/// The table of a cut over the leaves of another that holds all of its own.
std::uint8_t widened(const Cut& cut, const Cut& onto) {
  int at[3] = {};
  for (int i = 0; i < cut.count; ++i)
    at[i] = static_cast<int>(std::find(onto.leaves.begin(), onto.leaves.begin() + onto.count, cut.leaves[i]) - onto.leaves.begin());
  std::uint8_t table = 0;
  for (unsigned row = 0; row < 8; ++row) {
    unsigned index = 0;
    for (int i = 0; i < 3; ++i) // leaves beyond the last repeat it
      index |= ((row >> (2 - at[std::min<int>(i, cut.count - 1)])) & 1u) << (2 - i);
    table |= static_cast<std::uint8_t>(((cut.table >> index) & 1u) << row);
  }
  return table;
}

Cut single(std::uint32_t node) {
  return {{node, node, node}, 1, 0x80, 0};
}

/// The leaves of both, or a count of 0 where they are too many.
Cut united(const Cut& a, const Cut& b) {
  std::array<std::uint32_t, 6> all{};
  const auto end = std::set_union(a.leaves.begin(), a.leaves.begin() + a.count, b.leaves.begin(), b.leaves.begin() + b.count, all.begin());
  Cut cut;
  const auto count = end - all.begin();
  if (count > 3)
    return cut;
  cut.count = static_cast<std::uint8_t>(count);
  for (std::size_t i = 0; i < 3; ++i)
    cut.leaves[i] = all[std::min<std::size_t>(i, static_cast<std::size_t>(count) - 1)];
  return cut;
}

class Cover {
 public:
  Cover(const GateGraph& graph, std::vector<int>& uses) : gates_(graph.gates()), uses_(uses), best_(gates_.size()), cuts_(gates_.size()) {}

  /// The cheapest cut of every gate, given how often each node is used.
  void enumerate() {
    find_adders();
    for (std::uint32_t n = 0; n < gates_.size(); ++n) {
      const Gate& gate = gates_[n];
      auto& cuts = cuts_[n];
      cuts.clear();
      if (is_gate(gate)) {
        for (const Cut& a : cuts_[gate.a >> 1])
          for (const Cut& b : cuts_[gate.b >> 1])
            add(cuts, joined(gate, a, b));
        best_[n] = cuts.front();
      }
      cuts.push_back(single(n));
      cuts.back().cost = share(n);
    }
  }

  /// The cuts that the outputs need; counts uses anew.
  std::vector<Cut> chosen(const std::vector<Wire>& outputs) {
    std::vector<Cut> result(gates_.size());
    std::fill(uses_.begin(), uses_.end(), 0);
    for (const Wire wire : outputs)
      ++uses_[wire >> 1];
    for (std::size_t n = gates_.size(); n-- > 0;)
      if (uses_[n] > 0 && best_[n].count > 0) {
        result[n] = best_[n];
        for (int i = 0; i < result[n].count; ++i)
          ++uses_[result[n].leaves[static_cast<std::size_t>(i)]];
      }
    return result;
  }

 private:
  /// Sum (1) or carry (2) of its three leaves.
  static int halves(const Cut& cut) { return cut.count < 3 ? 0 : cut.table == exclusive_of_three ? 1 : cut.table == majority ? 2 : 0; }

  /// Where both the sum and the carry of three nodes are wanted, each costs half a table.
  void find_adders() {
    adders_.clear();
    for (std::uint32_t n = 0; n < gates_.size(); ++n)
      for (const Cut& cut : cuts_[n])
        if (const int half = halves(cut))
          adders_[cut.leaves] |= half;
  }

  float share(std::uint32_t n) const {
    return best_[n].count == 0 ? 0 : best_[n].cost / static_cast<float>(std::max(uses_[n], 1));
  }

  Cut joined(const Gate& gate, const Cut& a, const Cut& b) const {
    Cut cut = united(a, b);
    if (cut.count == 0)
      return cut;
    const unsigned x = widened(a, cut) ^ (gate.a & 1 ? 0xffu : 0u), y = widened(b, cut) ^ (gate.b & 1 ? 0xffu : 0u);
    cut.table = static_cast<std::uint8_t>(gate.kind == Gate::Kind::conjunction   ? x & y
                                          : gate.kind == Gate::Kind::disjunction ? x | y
                                                                                 : x ^ y);
    const auto adder = adders_.find(cut.leaves);
    cut.cost = adder != adders_.end() && adder->second == 3 && halves(cut) ? 0.5f : 1;
    for (int i = 0; i < cut.count; ++i)
      cut.cost += share(cut.leaves[static_cast<std::size_t>(i)]);
    return cut;
  }

  static bool before(const Cut& a, const Cut& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.count != b.count ? a.count < b.count : a.leaves < b.leaves;
  }

  static void add(std::vector<Cut>& cuts, const Cut& cut) {
    if (cut.count == 0)
      return;
    for (const Cut& other : cuts)
      if (other.leaves == cut.leaves)
        return; // the same function of the same nodes
    cuts.insert(std::upper_bound(cuts.begin(), cuts.end(), cut, before), cut);
    if (cuts.size() > cuts_kept)
      cuts.pop_back();
  }

  const std::vector<Gate>& gates_;
  std::vector<int>& uses_;
  std::vector<Cut> best_;
  std::vector<std::vector<Cut>> cuts_;
  std::map<std::array<std::uint32_t, 3>, int> adders_;
};

} // namespace

std::vector<Cut> cover(const GateGraph& graph, const std::vector<Wire>& outputs, std::vector<int>& uses) {
  uses.assign(graph.gates().size(), 0);
  for (const Gate& gate : graph.gates())
    if (is_gate(gate))
      ++uses[gate.a >> 1], ++uses[gate.b >> 1];
  Cover covering(graph, uses);
  std::vector<Cut> best;
  for (int round = 0; round < rounds; ++round) {
    covering.enumerate();
    best = covering.chosen(outputs);
  }
  return best;
}

} // namespace moesaic::hw::associative
