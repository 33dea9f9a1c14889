#include "workloads/hyperon/join.hpp"

namespace moesaic::workloads::hyperon {

PointQueries::PointQueries(const Space& space) {
  for (const auto& relation : space.relations) {
    std::vector<int> order;
    for (int f = 0; f < relation.arity; ++f)
      order.push_back(f);
    index_.emplace_back(relation, space.symbols, order);
    arity_.push_back(order.size());
  }
}

bool PointQueries::holds(int relation, const Symbol* fact) const {
  const auto r = static_cast<std::size_t>(relation);
  return index_[r].find(fact, arity_[r]).size() > 0;
}

} // namespace moesaic::workloads::hyperon
