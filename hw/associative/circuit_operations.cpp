#include "hw/associative/circuit_operations.hpp"

#include <algorithm>
#include <map>

namespace moesaic::hw::associative {

namespace {

constexpr std::uint8_t both = 0xc0; // the table of a conjunction

/// Sum and carry of three leaves, by the leaves.
using Adders = std::map<std::array<std::uint32_t, 3>, std::array<std::uint32_t, 2>>;

Adders find_adders(const std::vector<Cut>& cuts) {
  Adders adders;
  for (std::uint32_t n = 0; n < cuts.size(); ++n)
    if (cuts[n].count == 3 && (cuts[n].table == exclusive_of_three || cuts[n].table == majority))
      adders[cuts[n].leaves][cuts[n].table == majority] = n;
  for (auto at = adders.begin(); at != adders.end();)
    at = at->second[0] && at->second[1] ? std::next(at) : adders.erase(at);
  return adders;
}

/// Per sum: the leaf that is a product which only its adder uses, or 0.
std::vector<std::uint32_t> find_products(const std::vector<Cut>& cuts, const std::vector<int>& uses, const Adders& adders) {
  std::vector<std::uint32_t> product(cuts.size());
  for (const auto& [leaves, sums] : adders)
    for (const std::uint32_t leaf : leaves)
      if (!product[sums[0]] && cuts[leaf].count == 2 && cuts[leaf].table == both && uses[leaf] == 2)
        product[sums[0]] = leaf;
  return product;
}

} // namespace

std::vector<Operation> operations(const std::vector<Cut>& cuts, const std::vector<int>& uses) {
  const Adders adders = find_adders(cuts);
  const auto product = find_products(cuts, uses, adders);
  std::vector<bool> done(cuts.size());
  for (const std::uint32_t leaf : product)
    done[leaf] = leaf != 0;
  std::vector<Operation> result;
  for (std::uint32_t n = 0; n < cuts.size(); ++n) {
    const Cut& cut = cuts[n];
    if (cut.count == 0 || done[n])
      continue;
    Operation operation{CircuitStep::Kind::table, cut.table, {cut.leaves[0], cut.leaves[1], cut.leaves[2], cut.leaves[2]}, {n, n}};
    const auto pair = adders.find(cut.leaves);
    if (pair != adders.end() && (n == pair->second[0] || n == pair->second[1])) {
      operation.kind = CircuitStep::Kind::adder;
      operation.out = pair->second;
      if (const std::uint32_t leaf = product[pair->second[0]]) {
        operation.kind = CircuitStep::Kind::product_adder;
        std::size_t i = 0;
        for (const std::uint32_t other : cut.leaves)
          if (other != leaf)
            operation.in[i++] = other;
        operation.in[2] = cuts[leaf].leaves[0], operation.in[3] = cuts[leaf].leaves[1];
      }
    }
    done[operation.out[0]] = done[operation.out[1]] = true;
    result.push_back(operation);
  }
  return result;
}

std::vector<Operation> grouped(const std::vector<Operation>& operations, std::size_t nodes) {
  std::vector<std::vector<std::size_t>> takers(nodes);
  std::vector<std::size_t> maker(nodes, operations.size());
  std::vector<int> missing(operations.size(), 0);
  for (std::size_t i = 0; i < operations.size(); ++i)
    for (const std::uint32_t n : operations[i].out)
      maker[n] = i;
  std::map<std::pair<CircuitStep::Kind, std::uint8_t>, std::vector<std::size_t>> ready;
  const auto make_ready = [&](std::size_t i) { ready[{operations[i].kind, operations[i].table}].push_back(i); };
  for (std::size_t i = 0; i < operations.size(); ++i) {
    for (const std::uint32_t n : operations[i].in)
      if (maker[n] < operations.size()) {
        takers[n].push_back(i);
        ++missing[i];
      }
    if (missing[i] == 0)
      make_ready(i);
  }
  std::vector<Operation> result;
  while (result.size() < operations.size()) {
    const auto most = std::max_element(ready.begin(), ready.end(), [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
    const std::vector<std::size_t> group = std::move(most->second);
    most->second.clear();
    for (const std::size_t i : group) {
      result.push_back(operations[i]);
      const auto& out = operations[i].out;
      for (std::size_t o = 0; o < (out[0] == out[1] ? 1u : 2u); ++o)
        for (const std::size_t taker : takers[out[o]])
          if (--missing[taker] == 0)
            make_ready(taker);
    }
  }
  return result;
}

} // namespace moesaic::hw::associative
