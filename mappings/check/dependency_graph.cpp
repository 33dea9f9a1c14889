#include "mappings/check/dependency_graph.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/strong_components.hpp>

#include <algorithm>

namespace moesaic::mappings {

std::size_t DependencyGraph::dependencies() const {
  std::size_t count = 0;
  for (const auto& wanted : next_)
    count += wanted.size();
  return count;
}

std::vector<int> DependencyGraph::cycle() const {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
  Graph graph(next_.size());
  for (std::size_t held = 0; held < next_.size(); ++held)
    for (const int wanted : next_[held]) {
      if (static_cast<std::size_t>(wanted) == held)
        return {wanted};
      boost::add_edge(held, static_cast<std::size_t>(wanted), graph);
    }
  std::vector<int> component(next_.size());
  const int components = boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
  std::vector<int> size(static_cast<std::size_t>(components));
  for (const int c : component)
    ++size[static_cast<std::size_t>(c)];
  for (std::size_t start = 0; start < next_.size(); ++start) {
    if (size[static_cast<std::size_t>(component[start])] < 2)
      continue;
    // The shortest way back to `start`: breadth first from it, to a link that waits for it.
    std::vector<std::size_t> before(next_.size(), start);
    boost::breadth_first_search(
        graph, start,
        boost::visitor(boost::make_bfs_visitor(boost::record_predecessors(
            boost::make_iterator_property_map(before.begin(), get(boost::vertex_index, graph)),
            boost::on_tree_edge()))));
    std::vector<int> shortest;
    for (std::size_t last = 0; last < next_.size(); ++last) {
      if (component[last] != component[start] || !next_[last].count(static_cast<int>(start)))
        continue;
      std::vector<int> cycle;
      for (std::size_t at = last; at != start; at = before[at])
        cycle.push_back(static_cast<int>(at));
      cycle.push_back(static_cast<int>(start));
      std::reverse(cycle.begin(), cycle.end());
      if (shortest.empty() || cycle.size() < shortest.size())
        shortest = cycle;
    }
    return shortest;
  }
  return {};
}

} // namespace moesaic::mappings
