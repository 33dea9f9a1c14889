#include <doctest/doctest.h>

#include "mappings/placement/gateway_flow.hpp"

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
    CHECK(flow_seconds(traffic, floor, {0}, placement) == doctest::Approx(crossing + hop + 50 * digest));
    traffic.nets[0].service = 1e-9;
    CHECK(flow_seconds(traffic, floor, {0}, placement) == doctest::Approx(50 * crossing + hop + 1e-9));
    traffic.nets[0].start = 7e-9;
    traffic.nets[0].pace = 30e-9;
    CHECK(flow_seconds(traffic, floor, {0}, placement) == doctest::Approx(7e-9 + 49 * 30e-9 + crossing + hop + 1e-9));
    CHECK(flow_seconds(traffic, floor, {}, placement) == 0);
  }

  TEST_CASE("streams to different chips do not wait for each other, to one receiver they take turns") {
    const Floor floor = row_of_chips(4);
    const Placement placement{0, 1, 2, 3};
    CHECK(flow_seconds(two_streams(50, 3), floor, {0, 1}, placement) ==
          doctest::Approx(crossing + hop + 50 * digest));
    CHECK(flow_seconds(two_streams(50, 1), floor, {0, 1}, placement) ==
          doctest::Approx(crossing + hop + 100 * digest).epsilon(0.02));
  }

  TEST_CASE("behind a gateway a stream to an idle receiver waits for the one before it to a busy receiver") {
    Floor floor = row_of_chips(3);
    floor.cores_per_router = floor.chip_cores = 2;
    Traffic traffic = two_streams(50, 3);
    traffic.nets[1].service = 1e-9;
    traffic.nets[1].start = 25 * crossing; // in the middle of the other
    const Placement apart{0, 2, 4, 5}, together{0, 2, 4, 3};
    const double slow = flow_seconds(traffic, floor, {0}, apart);
    CHECK(flow_seconds(traffic, floor, {1}, together) < 0.1 * slow);
    CHECK(flow_seconds(traffic, floor, {0, 1}, together) == doctest::Approx(slow).epsilon(0.02));
    // The other way round the fast stream has passed before the slow one begins.
    traffic.nets[0].start = 1e-6;
    CHECK(flow_seconds(traffic, floor, {0, 1}, together) == doctest::Approx(slow + 1e-6));
  }

  TEST_CASE("a source waits for its own chip's receivers before it serves others; chips without gateways are left out") {
    Floor floor = row_of_chips(2);
    floor.cores_per_router = floor.chip_cores = 2;
    Traffic traffic;
    traffic.vertices = {{0, 0}, {0, 0}, {1, 0}};
    traffic.groups = {{1}, {2}};
    traffic.nets = {{0, 0, 0, 40, digest, 0, 1e-9}, {0, 1, 0, 1, digest, 0, 1e-9}};
    const double both = flow_seconds(traffic, floor, {0, 1}, {0, 1, 2});
    CHECK(both == doctest::Approx(40 * digest)); // the other's message goes on once the last of the 40 is taken in
    floor.gateway = -1;
    CHECK(flow_seconds(traffic, floor, {0, 1}, {0, 1, 2}) == 0);
  }
}
