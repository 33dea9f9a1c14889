#include <doctest/doctest.h>

#include <cstdlib>

#include "description/error.hpp"
#include "hw/noc/measurement.hpp"
#include "recorder.hpp"

using namespace moesaic;
using namespace moesaic::hw::noc;
using test::packet_to;
using test::Recorder;

TEST_SUITE("golden") {
  TEST_CASE("zero-load latency is S H + 2 + (size - 1)") {
    struct Case {
      const char* pipeline;
      std::uint64_t cycles_per_router;
    };
    for (const Case& router : {Case{"rc0-spec", 3}, Case{"rc0", 4}, Case{"default", 5}})
      for (const int vcs : {1, 2})
        for (const int size : {1, 4}) { // deeper packets than the credit loop allows would stall
          NetworkConfig config{Topology::mesh(8, 8)};
          config.pipeline = Pipeline::named(router.pipeline);
          config.virtual_channels = vcs;
          config.depth = 8;
          config.multicast = size == 1;
          Network network(config);
          Recorder recorder(network);
          std::uint64_t cycle = 1;
          for (const int destination : {0, 1, 8, 27, 63}) {
            network.try_inject(0, packet_to(destination, size), cycle);
            test::run(network);
            const std::uint64_t routers = static_cast<std::uint64_t>(destination % 8 + destination / 8 + 1);
            const auto& last = recorder.arrived.back();
            CHECK(last.cycle - last.packet.created ==
                  router.cycles_per_router * routers + 2 + static_cast<std::uint64_t>(size - 1));
            cycle = network.cycle() + 1;
          }
        }
  }

  TEST_CASE("an asynchronous network takes each direction's hop latency") {
    // Loihi's hops in steps of 0.1 ns: 4.1 ns east-west, 6.5 ns north-south (a hop is switch and wire
    // together).
    NetworkConfig config{Topology::mesh(8, 4)};
    config.pipeline = {0, 1, 1, 0, 0, true};
    config.topology.link_class_parameters(east_west_link) = {"east-west", 40, 41};
    config.topology.link_class_parameters(north_south_link) = {"north-south", 64, 65};
    Network network(config);
    Recorder recorder(network);
    network.try_inject(0, packet_to(config.topology.router_at(5, 3)), 1);
    test::run(network);
    REQUIRE(recorder.arrived.size() == 1);
    CHECK(recorder.arrived[0].cycle - 1 == 2 + 5 * 41 + 3 * 65 + 2); // injection and ejection: 2 steps each
  }
}

TEST_SUITE("unit") {
  TEST_CASE("link counts are the Manhattan path's, by class") {
    NetworkConfig config{Topology::chips(2, 2, 2, {{4, 4, {"chip", 12, 3}}})};
    Network network(config);
    Recorder recorder(network);
    const Topology& grid = config.topology;
    network.try_inject(grid.endpoint_at(grid.router_at(1, 1), 0),
                       packet_to(grid.endpoint_at(grid.router_at(6, 7), 1), 3), 1);
    test::run(network);
    CHECK(recorder.arrived.size() == 1);
    CHECK(network.link_flits() == std::vector<std::uint64_t>{3, 3 * 4, 3 * 5, 3 * 2});
    CHECK(network.injected_flits() == 3);
    CHECK(network.flit_hops() == 3 * 12);
    CHECK(network.port_flits()[static_cast<std::size_t>(grid.router_at(3, 1) * grid.ports() + east)] == 3);
  }

  TEST_CASE("a slow link spaces flits by its cycles per flit") {
    NetworkConfig config{Topology::chips(2, 1, 1, {{1, 1, {"chip", 5, 7}}})};
    config.pipeline = Pipeline::named("rc0-spec");
    SUBCASE("with multicast") {
      config.multicast = true;
    }
    SUBCASE("without") {
      config.multicast = false;
    }
    Network network(config);
    Recorder recorder(network);
    for (int n = 0; n < 4; ++n)
      network.try_inject(0, packet_to(1), 1);
    test::run(network);
    REQUIRE(recorder.arrived.size() == 4);
    for (std::size_t n = 0; n + 1 < 4; ++n)
      CHECK(recorder.arrived[n + 1].cycle - recorder.arrived[n].cycle == 7);
  }

  TEST_CASE("a full injection queue refuses, and says when there is room") {
    NetworkConfig config{Topology::mesh(2, 1)};
    config.injection_queue = 2;
    Network network(config);
    Recorder recorder(network);
    CHECK(network.try_inject(0, packet_to(1), 1));
    CHECK(network.try_inject(0, packet_to(1), 1));
    CHECK_FALSE(network.try_inject(0, packet_to(1), 1));
    test::run(network);
    CHECK(recorder.rooms == std::vector<int>{0});
    CHECK(recorder.arrived.size() == 2);
  }

  TEST_CASE("an endpoint that refuses stops its senders and loses nothing") {
    NetworkConfig config{Topology::mesh(4, 1)};
    config.injection_queue = 100;
    SUBCASE("with multicast") {
      config.multicast = true;
    }
    SUBCASE("without") {
      config.multicast = false;
    }
    Network network(config);
    Recorder recorder(network);
    bool open = false;
    recorder.refuses = [&](int endpoint, const Delivery&) { return endpoint == 3 && !open; };
    for (int n = 0; n < 40; ++n)
      network.try_inject(0, packet_to(3), 1);
    test::run(network); // comes to rest, full, and is no deadlock
    CHECK(recorder.arrived.empty());
    CHECK(network.in_flight() == 40);
    // Four routers' buffers of four flits, and the ejection buffer of four.
    CHECK(network.injected_flits() == 4 * 4 + 4);
    open = true;
    network.resume(3);
    test::run(network);
    CHECK(recorder.arrived.size() == 40);
    CHECK(network.empty());
    CHECK(recorder.emptied.size() == 1);
  }

  TEST_CASE("nonsense is refused") {
    Network network(NetworkConfig{Topology::mesh(2, 2)});
    CHECK_THROWS_AS(network.try_inject(4, packet_to(0), 1), InputError);
    CHECK_THROWS_AS(network.try_inject(0, packet_to(4), 1), InputError);
    CHECK_THROWS_AS(network.try_inject(0, packet_to(1, 0), 1), InputError);
    CHECK_THROWS_AS(network.add_group(0, {}), InputError);
    CHECK_THROWS_AS(network.add_group(0, {1, 1}), InputError);
    CHECK_THROWS_AS(network.add_group(0, {7}), InputError);
    Packet to_nobody;
    to_nobody.group = 0;
    CHECK_THROWS_AS(network.try_inject(0, to_nobody, 1), InputError);
    NetworkConfig unicast{Topology::mesh(2, 2)};
    unicast.multicast = false;
    CHECK_THROWS_AS(Network(unicast).add_group(0, {1}), std::logic_error);
    unicast.threads = 2;
    CHECK_NOTHROW(check(unicast));
    unicast.virtual_channels = 2;
    CHECK_THROWS_AS(check(unicast), InputError);
  }
}
