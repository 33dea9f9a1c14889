// The fast fabric against the module-per-router oracle, cycle by cycle, under random traffic.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "hw/noc/pattern.hpp"
#include "hw/noc/routing_table.hpp"
#include "hw/simulation.hpp"
#include "oracle.hpp"

using namespace moesaic::hw;
using namespace moesaic::hw::noc;

namespace {

std::vector<test::Sent> random_traffic(const NetworkConfig& config,
                                       const std::vector<std::vector<int>>& groups, std::mt19937_64& random,
                                       int packets) {
  const bool long_multicast = config.virtual_channels == 1;
  std::vector<test::Sent> sent;
  std::uint64_t cycle = 1;
  for (int n = 0; n < packets; ++n) {
    cycle += static_cast<std::uint64_t>(random_below(random, 8) == 0 ? random_below(random, 40) : 0);
    test::Sent one;
    one.request = {cycle, random_below(random, config.topology.endpoints()),
                   random_below(random, config.topology.endpoints()), 1 + random_below(random, 6)};
    if (!groups.empty() && random_below(random, 3) == 0) {
      one.group = random_below(random, static_cast<int>(groups.size()));
      one.request.source = groups[static_cast<std::size_t>(one.group)].front();
      one.request.length = long_multicast ? one.request.length : 1;
    }
    sent.push_back(one);
  }
  return sent;
}

/// Groups as {source, destinations...}.
std::vector<std::vector<int>> random_groups(const Topology& topology, std::mt19937_64& random) {
  std::vector<std::vector<int>> groups(4);
  for (auto& group : groups) {
    group.push_back(random_below(random, topology.endpoints()));
    for (int e = 0; e < topology.endpoints(); ++e)
      if (random_below(random, 3) == 0 || e == group.front())
        group.push_back(e);
  }
  return groups;
}

void compare(const NetworkConfig& config, std::uint64_t seed, int packets = 200) {
  std::mt19937_64 random(seed);
  const auto groups =
      config.multicast ? random_groups(config.topology, random) : std::vector<std::vector<int>>();
  MulticastTrees trees;
  for (const auto& group : groups)
    trees.add(config.topology, group.front(), {group.begin() + 1, group.end()});
  const auto sent = random_traffic(config, groups, random, packets);
  std::size_t expected = 0;
  for (const test::Sent& one : sent)
    expected += one.group < 0 ? 1 : static_cast<std::size_t>(trees.destinations(one.group));

  std::vector<test::Arrival> fast, slow;
  {
    Simulation simulation;
    fast = test::run_fabric(config, groups, sent);
  }
  CHECK(fast.size() == expected);
  const std::uint64_t last = fast.empty() ? 0 : std::get<0>(fast.back());
  {
    Simulation simulation;
    slow = test::run_oracle(config, trees, sent, last + 10);
  }
  CHECK(slow.size() == expected);
  CHECK(fast == slow);
}

NetworkConfig network(const Topology& topology, const char* pipeline, int vcs, int depth) {
  NetworkConfig config{topology};
  config.pipeline = Pipeline::named(pipeline);
  config.virtual_channels = vcs;
  config.depth = depth;
  config.injection_queue = 2;
  config.multicast = !topology.wraps();
  return config;
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("the fabric and a module per router deliver every packet in the same cycle") {
    for (const char* pipeline : {"rc0-spec", "rc0", "default"})
      for (const int vcs : {1, 2, 4}) {
        CAPTURE(pipeline);
        CAPTURE(vcs);
        compare(network(Topology::mesh(4, 3), pipeline, vcs, 3), 11 + static_cast<std::uint64_t>(vcs));
        compare(network(Topology::mesh(2, 3, 3), pipeline, vcs, 4), 23);
        if (vcs > 1)
          compare(network(Topology::torus(4, 4), pipeline, vcs, 2), 37);
      }
  }

  TEST_CASE("the same with slow links between chips, west-first routing and long pipelines") {
    NetworkConfig chips =
        network(Topology::chips(2, 2, 2, {{2, 1, {"chip", 9, 4}}, {1, 2, {"board", 70, 11}}}), "rc0", 2, 5);
    compare(chips, 5);
    chips.routing = Routing::west_first;
    compare(chips, 6);
    NetworkConfig long_pipeline = network(Topology::mesh(3, 3), "default", 2, 3);
    long_pipeline.pipeline = {2, 3, 2, 4, 3, false};
    compare(long_pipeline, 7);
    long_pipeline.pipeline.speculative = true;
    compare(long_pipeline, 8);
  }

  TEST_CASE("the same on a tree of chips, with multicast and without") {
    const Topology tree = Topology::tree(2, 2, 2, {{3, {"chip", 9, 4, 7}}, {2, {"board", 31, 11, 2}}});
    for (const int vcs : {1, 2}) {
      CAPTURE(vcs);
      compare(network(tree, "rc0", vcs, 3), 61);
      NetworkConfig plain = network(tree, "rc0-spec", vcs, 4);
      plain.multicast = false;
      compare(plain, 62, 500);
      plain.routing = Routing::table;
      plain.table = std::make_shared<RoutingTable>(tree);
      compare(plain, 63, 500);
    }
  }

  TEST_CASE("the same with one virtual channel and unicast only, which takes the fast way") {
    const auto fast = [](NetworkConfig config, std::uint64_t seed) {
      config.multicast = false;
      compare(config, seed, 500);
    };
    for (const char* pipeline : {"rc0-spec", "rc0", "default"})
      for (const int depth : {1, 3, 4}) {
        CAPTURE(pipeline);
        CAPTURE(depth);
        fast(network(Topology::mesh(4, 3), pipeline, 1, depth), 51);
        fast(network(Topology::mesh(2, 3, 3), pipeline, 1, depth), 52);
      }
    NetworkConfig chips =
        network(Topology::chips(2, 2, 2, {{2, 1, {"chip", 9, 4}}, {1, 2, {"board", 70, 11}}}), "rc0", 1, 5);
    fast(chips, 53);
    chips.routing = Routing::table;
    chips.table = std::make_shared<RoutingTable>(chips.topology);
    fast(chips, 54);
    chips.threads = 3;
    fast(chips, 55);
    NetworkConfig long_pipeline = network(Topology::mesh(3, 3), "default", 1, 3);
    long_pipeline.pipeline = {2, 3, 2, 4, 3, false};
    fast(long_pipeline, 56);
    long_pipeline.pipeline.speculative = true;
    long_pipeline.threads = 2;
    fast(long_pipeline, 57);
  }
}
