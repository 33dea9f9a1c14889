#include <doctest/doctest.h>

#include <tuple>

#include "hw/noc/measurement.hpp"

using namespace moesaic::hw::noc;

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
  TEST_CASE("packets that never arrive are in the 99th percentile, with the least that they can take") {
    // A hundred packets of 100 flits wait for one link: the k-th arrives after about 100 k cycles.
    const auto run = [](std::uint64_t drain) {
      NetworkConfig config{Topology::mesh(2, 1)};
      config.multicast = false;
      config.depth = 16; // more than the credits' round trip
      std::vector<Request> requests(100, {1, 0, 1, 100});
      const auto traffic = recorded_traffic(requests);
      MeasurementPlan plan;
      plan.warm_up = 0;
      plan.measure = 1;
      plan.drain = drain;
      return measure(config, *traffic, plan);
    };
    const Measurement cut = run(1050);
    CHECK(cut.unarrived == 90);
    CHECK(cut.latency_max < 1050);
    CHECK(cut.latency_99 == 1051); // nine in ten take longer than 1050 cycles
    CHECK(cut.saturated);
    const Measurement whole = run(Traffic::never);
    CHECK(whole.unarrived == 0);
    const double last = static_cast<double>(whole.latency_max) - whole.latency_99; // of a hundred, the 99th comes before it
    CHECK(last >= 100);
    CHECK(last < 105);
    const Measurement but_one = run(whole.latency_max - 10);
    CHECK(but_one.unarrived == 1);
    CHECK(but_one.latency_99 == whole.latency_99); // the late one takes longer still
  }

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
