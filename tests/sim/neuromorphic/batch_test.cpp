// A batch of which only the first tokens are simulated.
#include <doctest/doctest.h>

#include "mappings/neuromorphic/moe_plan.hpp"
#include "sim/neuromorphic/record.hpp"

using namespace moesaic;

TEST_SUITE("system") {
  TEST_CASE("tokens beyond the simulated ones take the mean of the steady steps, between the fastest and the slowest") {
    sim::NeuromorphicRuns runs;
    runs.simulated = 10;
    runs.nominal.seconds = 1e-3;
    // Ten tokens through seven stages are sixteen steps; in steps 6 to 9 every stage has a token.
    for (int i = 0; i < 16; ++i) {
      runs.nominal.steps.emplace_back();
      runs.nominal.steps.back().work = i < 6 || i > 9 ? 1'000'000 : (i - 5) * 10'000'000; // ps: 10, 20, 30, 40 us
      runs.nominal.steps.back().barrier = 1'000'000;
    }
    runs.tokens = 10;
    CHECK(sim::batch_seconds(runs).nominal == 1e-3);
    CHECK(sim::batch_seconds(runs).high == 1e-3);
    runs.tokens = 110;
    CHECK(sim::batch_seconds(runs).nominal == doctest::Approx(1e-3 + 100 * 26e-6));
    CHECK(sim::batch_seconds(runs).low == doctest::Approx(1e-3 + 100 * 11e-6));
    CHECK(sim::batch_seconds(runs).high == doctest::Approx(1e-3 + 100 * 41e-6));
  }
}
