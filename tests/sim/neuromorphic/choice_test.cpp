#include <doctest/doctest.h>

#include <algorithm>

#include "sim/commands/map_report.hpp"

using namespace moesaic;
using namespace moesaic::sim;

TEST_SUITE("system") {
  TEST_CASE("of a large layer only the naive order and the two least estimates are simulated, on one token") {
    PlacedMoe moe = lower_for_placement(hw::load_chip(neuromorphic_description("loihi2")), workloads::load_moe_layer("reduced-moe"), 1);
    moe.small = moe.program.cores.size() - 1;
    CHECK(choice_tokens(moe) == 1);
    const mappings::PlacementRequest request{&moe.traffic, &moe.floor};
    const auto all = find_placements(moe, request, "best");
    REQUIRE(all.size() >= 5);
    CHECK(all.front().strategy == "naive");
    CHECK(all.front().simulated.seconds > 0);
    std::vector<double> estimates;
    for (std::size_t i = 1; i < all.size(); ++i)
      estimates.push_back(all[i].estimate.value(request.objective));
    std::sort(estimates.begin(), estimates.end());
    for (std::size_t i = 1; i < all.size(); ++i)
      CHECK((all[i].simulated.seconds > 0) == (all[i].estimate.value(request.objective) <= estimates[1]));
    const Found& chosen = choose(all, request.objective, "best");
    for (const Found& one : all)
      if (one.simulated.seconds > 0)
        CHECK(chosen.simulated.energy_delay() <= one.simulated.energy_delay());
    const std::string text = cost_report(moe, all, chosen);
    CHECK(text.find("not simulated") != std::string::npos);
    CHECK(text.find("simulated    1 token of") != std::string::npos);

    moe.small = moe.program.cores.size();
    CHECK(choice_tokens(moe) == 4);
    for (const Found& one : find_placements(moe, request, "best"))
      CHECK(one.simulated.seconds > 0);
  }
}
