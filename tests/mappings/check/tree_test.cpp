// Mappings whose chips stand below switches: valid ones, routes of their own over switches, circles through them.
#include <doctest/doctest.h>

#include "hw/neuromorphic/chip_tree.hpp"
#include "mappings/check/check_rates.hpp"
#include "tests/hw/neuromorphic/tree_chip.hpp"
#include "tests/mappings/check/good_mapping.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

/// Two chips of 8 x 4 routers below one switch, number 64; gateways are (3, 0) and (11, 0).
struct TwoChips {
  hw::Chip chip = test::tree_chip({{2}});
  GoodMapping good;
  Mapping mapping = good.mapping;
  static constexpr int width = 16, root = 64, gateway[] = {3, 11};

  TwoChips() {
    mapping.chips_across = 2;
    mapping.chips_down = 1;
    mapping.cores.clear();
    mapping.slices.clear();
    mapping.members.clear();
    mapping.sends.clear();
    mapping.hops.clear();
  }
  /// A core at a router of the grid.
  int core(int router) {
    const int x = router % width, y = router / width;
    const int slot = (y * 8 + x % 8) * chip.cores_per_router;
    mapping.cores.push_back({x / 8, slot, 0, static_cast<int>(mapping.cores.size()), 1, 1, 1, 100});
    return static_cast<int>(mapping.cores.size()) - 1;
  }
  /// A message along the routers of `way`.
  void route(const std::vector<int>& way) {
    const auto send = static_cast<std::int32_t>(mapping.sends.size());
    const int from = core(way.front());
    mapping.members.push_back({send, core(way.back())});
    mapping.sends.push_back({from, send, 0, 1, 0});
    for (std::size_t i = 1; i < way.size(); ++i)
      mapping.hops.push_back({send, way[i - 1], way[i]});
  }
  std::vector<Violation> check() {
    std::vector<Violation> violations;
    check_routes({mapping, chip, good.layer}, violations);
    return violations;
  }
};

std::string only(const std::vector<Violation>& violations) {
  REQUIRE(violations.size() == 1);
  return violations[0].kind + ": " + violations[0].value;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("what the lowering makes for a tree is valid, deadlock check included, and its links carry rates") {
    const hw::Chip chip = test::tree_chip({{2}, {3}});
    const auto layer = workloads::load_moe_layer("reduced-moe");
    MoePlan plan = plan_moe(chip, layer);
    plan.gate_up_cores = 4;
    plan.down_cores = 3;
    plan.grid_width = 3;
    plan.grid_height = 2;
    plan.hub_chips = 2;
    const Mapping mapping = mapping_of(chip, layer, plan, make_moe_program(chip, layer, plan));
    CHECK(check_mapping(mapping, chip, layer).empty());
    CHECK(mapping.cores[0].chip == 0); // the hub on the first chips
    const CheckInput input{mapping, chip, layer};
    const Rates rates = rates_of(input, {{0, 1, 2}});
    double up = 0;
    const Floor floor = floor_of_mapping(mapping, chip);
    for (int chip_number = 0; chip_number < 6; ++chip_number)
      up += rates.links[static_cast<std::size_t>(floor.link_up(chip_number))];
    CHECK(up > 0);
    Mapping large = mapping;
    large.chips_down = 3;
    const auto violations = check_mapping(large, chip, layer);
    REQUIRE(!violations.empty());
    CHECK(violations[0].limit == "at most 6 chips");
  }

  TEST_CASE("routes of their own may pass switches, along links that are there") {
    using doctest::Contains;
    const auto check = [](const std::vector<int>& way) {
      TwoChips two;
      two.route(way);
      return two.check();
    };
    CHECK(check({2, 3, 64, 11, 12}).empty());
    CHECK(only(check({7, 8})) == "no such link: router 7 to 8"); // chips are not joined at their sides
    CHECK(only(check({2, 64, 11})) == "no such link: router 2 to 64");
    CHECK(only(check({3, 65, 11})) == "no such link: router 3 to 65");
    TwoChips two;
    two.route({3, 64, 11});
    two.mapping.hops.push_back({0, 64, 3});
    CHECK(only(two.check()) == "route reaches twice: a second time");
    TwoChips cut;
    cut.route({3, 64, 11});
    cut.mapping.hops.pop_back();
    CHECK(only(cut.check()) == "not connected: links to 1 routers, not to (11, 0)");
    TwoChips ends;
    ends.route({2, 3});
    ends.mapping.hops.push_back({0, 3, 64});
    REQUIRE(ends.check().size() == 1);
    CHECK(ends.check()[0].limit == "a member at each end of a route");
    CHECK(ends.check()[0].value == "none at switch 0 of level 1");
  }

  TEST_CASE("a circle of waiting links through the switch is found and named") {
    const auto circle = [](int rounds) {
      TwoChips two;
      for (int c = 0; c < rounds; ++c) {
        const int g = TwoChips::gateway[c], other = TwoChips::gateway[1 - c], below = TwoChips::width;
        two.route({other + below, other, TwoChips::root, g, g + 1});
        two.route({g, g + 1, g + 1 + below, g + below});
        two.route({g + 1, g + 1 + below, g + below, g});
      }
      return two.check();
    };
    CHECK(circle(1).empty());
    const std::string found = only(circle(2));
    CHECK(found.find("deadlock: a cycle of 12 links") == 0);
    CHECK(found.find("(3, 0) up -> switch 0 of level 1 down1 -> (11, 0) east -> (12, 0) south") != std::string::npos);
  }
}
