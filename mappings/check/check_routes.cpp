#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "mappings/check/check_rates.hpp"
#include "mappings/check/dependency_graph.hpp"
#include "mappings/placement/route_tree.hpp"

namespace moesaic::mappings {

namespace {

class RouteCheck {
 public:
  RouteCheck(const CheckInput& input, std::vector<Violation>& violations)
      : input_(input), mapping_(input.mapping), violations_(violations), floor_(floor_of_mapping(input.mapping, input.chip)),
        graph_(floor_.links()) {
    for (std::size_t m = 0; m < mapping_.members.size(); ++m)
      members_[mapping_.members[m].group].push_back(slot(mapping_.members[m].core));
  }

  void run() {
    MessageRoute route(floor_);
    std::set<std::pair<int, std::int32_t>> walked; // the same router and group, the same links
    std::size_t hop = 0;
    for (std::size_t s = 0; s < mapping_.sends.size(); ++s) {
      const std::size_t first = hop;
      while (hop < mapping_.hops.size() && mapping_.hops[hop].send == static_cast<std::int32_t>(s))
        ++hop;
      const Send& send = mapping_.sends[s];
      if (hop > first) {
        own_route(s, first, hop);
      } else if (walked.insert({floor_.router_of(slot(send.core)), send.group}).second) {
        const auto& members = members_[send.group];
        route.links(
            slot(send.core), static_cast<int>(members.size()),
            [&](int i) { return members[static_cast<std::size_t>(i)]; },
            [&](int link, int parent) {
              if (parent >= 0)
                graph_.add(parent, link);
            });
      }
    }
    const std::vector<int> cycle = graph_.cycle();
    if (!cycle.empty())
      report_cycle(cycle);
  }

 private:
  int slot(std::int32_t core) const {
    const MappedCore& at = mapping_.cores[static_cast<std::size_t>(core)];
    return floor_.slot_of(at.chip, at.core);
  }

  void report(const char* kind, const Send& send, std::string limit, std::string value, std::string remedy) {
    violations_.push_back(
        {kind, input_.name(send.core), std::move(limit), std::move(value), std::move(remedy)});
  }

  std::string links_text() const {
    if (floor_.gateway < 0)
      return "links between neighbouring routers";
    if (!floor_.tree.empty())
      return fmt::format("links between neighbouring routers of a chip, and between switches and their children, a chip's "
                         "at row 0 and column {}",
                         floor_.gateway);
    return fmt::format("links between neighbouring routers, and between chips one per side, at row {} and column {} of a chip",
                       floor_.gateway / floor_.routers_across, floor_.gateway % floor_.routers_across);
  }
  std::string router(int r) const { return floor_.router_name(r); }
  std::string place(int r) const { return (floor_.is_switch(r) ? "" : "router ") + router(r); }

  void own_route(std::size_t s, std::size_t first, std::size_t last) {
    const Send& send = mapping_.sends[s];
    std::map<int, int> reached{{floor_.router_of(slot(send.core)), -1}}; // router, and the link by which
    for (std::size_t h = first; h < last; ++h) {
      const Hop& hop = mapping_.hops[h];
      const int taken = floor_.link_between(hop.from, hop.to);
      if (taken < 0)
        return report("no such link", send, links_text(), fmt::format("router {} to {}", hop.from, hop.to),
                      "route along the mesh");
      const auto from = reached.find(hop.from);
      if (from == reached.end())
        return report("route broken", send,
                      fmt::format("a link into {} before one out of it", place(hop.from)), "none",
                      "add the links that lead there, parents first");
      if (!reached.emplace(hop.to, taken).second)
        return report("route reaches twice", send, fmt::format("{} once", place(hop.to)),
                      "a second time", "remove a link, or messages arrive twice");
      if (from->second >= 0)
        graph_.add(from->second, taken);
    }
    for (const int member : members_[send.group])
      if (!reached.count(floor_.router_of(member)))
        return report(
            "not connected", send,
            fmt::format("a route to chip {} core {}", floor_.chip_of(member), floor_.core_of(member)),
            fmt::format("links to {} routers, not to {}", reached.size() - 1,
                        router(floor_.router_of(member))),
            "add the links that lead there");
    std::set<int> passed;
    for (std::size_t h = first; h < last; ++h)
      passed.insert(mapping_.hops[h].from);
    for (const int member : members_[send.group])
      passed.insert(floor_.router_of(member));
    for (const auto& end : reached)
      if (!passed.count(end.first))
        return report("route ends nowhere", send, "a member at each end of a route",
                      fmt::format("none at {}", place(end.first)), "remove the links that lead there");
  }

  void report_cycle(const std::vector<int>& cycle) {
    std::string text;
    for (const int link : cycle)
      text += fmt::format("{}{} {}", text.empty() ? "" : " -> ", router(floor_.from_of(link)), floor_.direction_name(link));
    violations_.push_back({"deadlock", place(floor_.from_of(cycle.front())),
                           "no cycle of links that wait for each other",
                           fmt::format("a cycle of {} links: {} -> again", cycle.size(), text),
                           floor_.tree.empty() ? "route these messages along rows first, then along columns"
                                               : "route these messages along rows first, then along columns, and up before down"});
  }

  const CheckInput& input_;
  const Mapping& mapping_;
  std::vector<Violation>& violations_;
  Floor floor_;
  DependencyGraph graph_;
  std::map<std::int32_t, std::vector<int>> members_; ///< slots, by group
};

} // namespace

void check_routes(const CheckInput& input, std::vector<Violation>& violations) {
  RouteCheck(input, violations).run();
}

} // namespace moesaic::mappings
