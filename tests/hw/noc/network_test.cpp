#include <doctest/doctest.h>

#include <cstdlib>
#include <tuple>

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

TEST_SUITE("system") {
  // On its way to column x, a row's traffic under transpose all turns at the diagonal: the link before it
  // carries 7 nodes' packets on an 8 x 8 mesh, so 1 / 7 flits a node and cycle are the end, whatever the
  // router.
  TEST_CASE("a point is saturated when more comes in than goes out, though the mean latency is still low") {
    const auto run = [](double rate, std::uint64_t warm_up, std::uint64_t cycles, int packet) {
      NetworkConfig config{Topology::mesh(8, 8)};
      config.pipeline = Pipeline::named("rc0-spec");
      config.virtual_channels = 2;
      const Pattern pattern(Pattern::transpose, config.topology);
      const auto traffic = bernoulli_traffic(config.topology, pattern, rate, packet, 0);
      MeasurementPlan plan;
      plan.warm_up = warm_up;
      plan.measure = plan.drain = cycles;
      Network network(config);
      return measure_bare(network, *traffic, plan);
    };
    const Measurement beyond = run(0.15, 5000, 20000, 1);
    CHECK(beyond.latency < 500);
    CHECK(beyond.saturated);
    CHECK(run(0.15, 5000, 20000, 4).saturated);
    CHECK_FALSE(run(0.125, 5000, 20000, 1).saturated);
    CHECK_FALSE(run(0.1, 0, 2000, 1).saturated); // the flits that fill an empty network are no sign
    CHECK_FALSE(run(0.1, 5000, 100, 4).saturated);
  }
}

TEST_SUITE("property") {
  TEST_CASE("any number of threads gives the same bits") {
    const auto run = [](int threads) {
      NetworkConfig config{Topology::mesh(6, 5)};
      config.multicast = false;
      config.threads = threads;
      config.depth = 2;
      const Pattern pattern(Pattern::uniform, config.topology);
      const auto traffic = bernoulli_traffic(config.topology, pattern, 0.15, 3, 7);
      MeasurementPlan plan;
      plan.warm_up = 0;
      plan.measure = plan.drain = 300;
      Network network(config);
      const Measurement measured = measure_bare(network, *traffic, plan);
      return std::make_tuple(measured.latency, measured.latency_max, measured.accepted, measured.cycles,
                             network.port_flits());
    };
    const auto one = run(1);
    CHECK(std::get<1>(one) > 50); // a full network, whose stripes hold each other up
    for (const int threads : {2, 9})
      CHECK(run(threads) == one);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("a recorded trace ends with its last packet, however long that may take") {
    const auto latency = [](int flits) {
      NetworkConfig config{Topology::mesh(4, 4)};
      config.pipeline = Pipeline::named("rc0-spec");
      const auto traffic = recorded_traffic({{1, 0, 1, flits}, {6, 1, 2, flits}});
      MeasurementPlan plan;
      plan.warm_up = 0;
      plan.measure = 6;
      plan.drain = Traffic::never;
      const Measurement measured = measure(config, *traffic, plan);
      CHECK(measured.packets == 2);
      CHECK_FALSE(measured.saturated);
      CHECK(measured.cycles < 100);
      return measured.latency;
    };
    CHECK(latency(4) - latency(1) == 3); // both packets go one hop alone: three more flits, three more cycles
  }
}
