#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "mappings/placement/message_flow.hpp"
#include "mappings/placement/random_placement.hpp"
#include "tests/mappings/placement/example_traffic.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

constexpr double digest = 100e-9, crossing = 4e-9, hop = 10e-9;

/// Chips in a row with one core each, whose router is the gateway; a receiver holds one message in its queue.
Floor row_of_chips(int chips) {
  Floor floor;
  floor.chips_across = chips;
  floor.border = {crossing, hop, 0};
  floor.gateway = 0;
  return floor;
}

/// Two sources on chips 0 and 2 send n messages each; the members stand on chip 1 and 3.
Traffic two_streams(double n, int second_member) {
  Traffic traffic;
  for (int v = 0; v < 4; ++v)
    traffic.vertices.push_back({v, 0});
  traffic.groups = {{1}, {second_member}};
  traffic.nets = {{0, 0, 0, n, digest, 0, 1e-9}, {2, 1, 0, n, digest, 0, 1e-9}};
  return traffic;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("one stream takes its path and then its receiver's time; a slow link or source sets the pace instead") {
    Traffic traffic = two_streams(50, 3);
    const Floor floor = row_of_chips(4);
    const Placement placement{0, 1, 2, 3};
    for (const int gateway : {0, -1}) {
      Floor same = floor;
      same.gateway = gateway;
      CHECK(flow_seconds(traffic, same, {0}, placement, 1) == doctest::Approx(hop + 50 * digest));
    }
    CHECK(flow_seconds(traffic, floor, {0}, {0, 3, 2, 1}, 1) == doctest::Approx(3 * hop + 50 * digest));
    CHECK(flow_seconds(traffic, floor, {0}, placement, 8) == doctest::Approx(hop + 50 * digest));
    traffic.nets[0].service = 1e-9;
    Floor roomy = floor;
    roomy.buffer = 8; // more than a round trip of 20 ns takes
    CHECK(flow_seconds(traffic, roomy, {0}, placement, 1) == doctest::Approx(49 * crossing + hop + 1e-9));
    traffic.nets[0].start = 7e-9;
    traffic.nets[0].pace = 30e-9;
    CHECK(flow_seconds(traffic, roomy, {0}, placement, 1) == doctest::Approx(7e-9 + 49 * 30e-9 + hop + 1e-9));
    CHECK(flow_seconds(traffic, floor, {}, placement, 1) == 0);
  }

  TEST_CASE("over a long link messages wait for the credits of its buffer's places to come back") {
    Traffic traffic = two_streams(80, 3);
    traffic.nets[0].service = 1e-9;
    Floor floor = row_of_chips(4);
    floor.border.latency = 100e-9;
    floor.buffer = 4; // four messages in a round trip of 200 ns
    for (const Placement& placement : {Placement{0, 1, 2, 3}, Placement{0, 3, 2, 1}})
      for (const int train : {1, 2, 4})
        CHECK(flow_seconds(traffic, floor, {0}, placement, train) == doctest::Approx(80 * 50e-9).epsilon(0.1));
  }

  TEST_CASE("each member of a group digests in its own time: a fast one that hears two streams keeps up with slow ones") {
    Traffic traffic;
    for (int v = 0; v < 5; ++v)
      traffic.vertices.push_back({v, 0});
    traffic.groups = {{1, 2}, {2, 3}};
    traffic.nets = {{0, 0, 0, 200, digest, 0, 1e-9}, {4, 1, 0, 200, digest, 0, 1e-9}};
    traffic.digest = {{digest, digest / 10}, {digest / 10, digest}};
    const Floor floor = row_of_chips(5);
    for (const int train : {1, 4})
      CHECK(flow_seconds(traffic, floor, {0, 1}, {0, 1, 2, 3, 4}, train) == doctest::Approx(200 * digest).epsilon(0.05));
    traffic.digest.clear(); // all members as slow as the slowest: the shared one takes twice as long
    CHECK(flow_seconds(traffic, floor, {0, 1}, {0, 1, 2, 3, 4}, 1) == doctest::Approx(400 * digest).epsilon(0.05));
  }

  TEST_CASE("streams to different chips do not wait for each other, to one receiver they take turns") {
    const Floor floor = row_of_chips(4);
    const Placement placement{0, 1, 2, 3};
    CHECK(flow_seconds(two_streams(50, 3), floor, {0, 1}, placement, 1) == doctest::Approx(hop + 50 * digest));
    CHECK(flow_seconds(two_streams(50, 1), floor, {0, 1}, placement, 1) ==
          doctest::Approx(hop + 100 * digest).epsilon(0.02));
  }

  TEST_CASE("a fork goes as slowly as its slowest branch") {
    // Vertex 0 sends to 1 and 2, vertex 3 to 2 alone: 2 digests 60 messages, and 1 hears its last of 30 nearly as late.
    Traffic traffic;
    for (int v = 0; v < 5; ++v)
      traffic.vertices.push_back({v, 0});
    traffic.groups = {{1, 2}, {2}, {4}};
    traffic.nets = {{0, 0, 0, 30, digest, 0, 1e-9}, {3, 1, 0, 30, digest, 0, 1e-9}, {0, 2, 0, 1, digest, 0, 1e-9}};
    Floor floor;
    floor.routers_across = 5;
    floor.chip_cores = 5;
    floor.east_west = {1e-9, 2e-9, 0};
    const Placement placement{0, 1, 2, 3, 4};
    CHECK(flow_seconds(traffic, floor, {0, 1}, placement, 1) == doctest::Approx(60 * digest).epsilon(0.02));
    // What the source sends afterwards waits for its last message to have gone to both.
    traffic.nets[2].service = 20e-6;
    CHECK(flow_seconds(traffic, floor, {0, 1, 2}, placement, 1) > 52 * digest + 20e-6);
    CHECK(flow_seconds(traffic, floor, {0, 2}, placement, 1) < 32 * digest + 20e-6);
  }

  TEST_CASE("behind a gateway a stream to an idle receiver waits for the one before it to a busy receiver") {
    Floor floor = row_of_chips(3);
    floor.cores_per_router = floor.chip_cores = 2;
    Traffic traffic = two_streams(50, 3);
    traffic.nets[1].service = 1e-9;
    traffic.nets[1].start = 25 * crossing; // in the middle of the other
    const Placement apart{0, 2, 4, 5}, together{0, 2, 4, 3};
    const double slow = flow_seconds(traffic, floor, {0}, apart, 1);
    CHECK(flow_seconds(traffic, floor, {1}, together, 1) < 0.25 * slow);
    CHECK(flow_seconds(traffic, floor, {0, 1}, together, 1) == doctest::Approx(slow).epsilon(0.02));
    // The other way round the fast stream has passed before the slow one begins.
    traffic.nets[0].start = 2e-6;
    CHECK(flow_seconds(traffic, floor, {0, 1}, together, 1) == doctest::Approx(slow + 2e-6));
  }

  TEST_CASE("a source waits for its own chip's receivers before it serves others") {
    Floor floor = row_of_chips(2);
    floor.cores_per_router = floor.chip_cores = 2;
    Traffic traffic;
    traffic.vertices = {{0, 0}, {0, 0}, {1, 0}};
    traffic.groups = {{1}, {2}};
    traffic.nets = {{0, 0, 0, 40, digest, 0, 1e-9}, {0, 1, 0, 1, 5e-6, 0, 1e-9}};
    const double both = flow_seconds(traffic, floor, {0, 1}, {0, 1, 2}, 1);
    CHECK(both > 35 * digest + 5e-6); // a few of the 40 wait in buffers when the other's message goes on
    CHECK(both < 40 * digest + hop + 5e-6);
  }
}

TEST_SUITE("property") {
  TEST_CASE("no flow is faster than its busiest receiver, or slower than all of its parts one after the other") {
    rc::check([] {
      const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
      const int train = *rc::gen::inRange(1, 20), down = *rc::gen::inRange(3, 5);
      Traffic traffic = example_traffic(6, 6, 3, seed);
      for (Net& net : traffic.nets)
        net.service = 1e-9 * static_cast<double>(1 + seed % 50);
      Floor floor = example_floor(3, down);
      floor.queue = 1 + static_cast<int>(seed % 7);
      floor.buffer = 1 + static_cast<int>(seed % 5);
      const auto placement = random_placement(traffic, floor, static_cast<Disorder>(seed % 2), seed);
      std::vector<std::int32_t> nets;
      std::vector<double> digesting(traffic.vertices.size());
      double all = 0;
      const double way = 4 * (floor.width() + floor.height()) * (floor.border.latency + floor.border.occupancy);
      for (std::size_t n = 0; n < traffic.nets.size(); ++n) {
        const Net& net = traffic.nets[n];
        if (net.phase != 0)
          continue;
        nets.push_back(static_cast<std::int32_t>(n));
        for (const std::int32_t member : traffic.groups[static_cast<std::size_t>(net.group)]) {
          digesting[static_cast<std::size_t>(member)] += net.flits * net.service;
          all += net.flits * (net.service + way);
        }
      }
      const double seconds = flow_seconds(traffic, floor, nets, placement, train);
      RC_ASSERT(seconds >= *std::max_element(digesting.begin(), digesting.end()) * (1 - 1e-9));
      RC_ASSERT(seconds <= all);
      RC_ASSERT(seconds == flow_seconds(traffic, floor, nets, placement, train));
    });
  }
}
