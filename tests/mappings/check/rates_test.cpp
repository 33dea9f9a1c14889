#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "mappings/check/check_rates.hpp"
#include "tests/mappings/check/good_mapping.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

TEST_SUITE("unit") {
  TEST_CASE("a memory is busy for its weights times the time of an operation, by the share of tokens") {
    const GoodMapping good;
    const CheckInput input{good.mapping, good.chip, good.layer};
    const Rates all = rates_of(input, {{0, 1}}), half = rates_of(input, {{0}, {1}});
    const double each = good.chip.synapse(hw::SynapseFormat::dense).latency.value;
    std::vector<double> expected(good.mapping.cores.size());
    for (const Slice& s : good.mapping.slices)
      if (s.expert < 2)
        expected[static_cast<std::size_t>(s.core)] += each * s.rows * s.columns;
    for (std::size_t c = 0; c < expected.size(); ++c) {
      CHECK(all.cores[c] == doctest::Approx(expected[c]));
      CHECK(half.cores[c] == doctest::Approx(expected[c] / 2));
    }
    CHECK(all.core_seconds > 0);
  }

  TEST_CASE("streamed rows: whole bursts count against the outer memory's size, and a core waits for those in flight") {
    hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "spinnaker2", "machine")));
    const auto layer = workloads::load_moe_layer("reduced-moe");
    const MoePlan plan = plan_moe(chip, layer, {{}, ReplicaRule::round_robin, true});
    const Mapping mapping = mapping_of(chip, layer, plan, make_moe_program(chip, layer, plan));
    std::vector<double> bytes(static_cast<std::size_t>(mapping.chips_across * mapping.chips_down)); // by chip, without padding
    for (const Slice& s : mapping.slices)
      bytes[static_cast<std::size_t>(mapping.cores[static_cast<std::size_t>(s.core)].chip)] += static_cast<double>(s.rows) * s.columns;
    chip.outer_memory->burst.value = 1;
    chip.outer_memory->size.value = *std::max_element(bytes.begin(), bytes.end());
    CHECK(check_mapping(mapping, chip, layer).empty());
    chip.outer_memory->burst.value = 4096;
    const auto violations = check_mapping(mapping, chip, layer);
    REQUIRE(!violations.empty());
    for (const Violation& v : violations)
      CHECK(v.kind == "outer memory");
    chip.outer_memory->latency.value = 1;
    const CheckInput input{mapping, chip, layer};
    const Rates rates = rates_of(input, {{0}});
    const double row = 1 + 4096 / chip.outer_memory->bandwidth.value;
    CHECK(rates.core_seconds == doctest::Approx(layer.hidden * row / (chip.axon_in_queue + 1)));
  }

  TEST_CASE("links carry each message once; a route of one's own is counted as it goes") {
    GoodMapping good;
    Mapping& m = good.mapping;
    const Floor floor = floor_of_mapping(m, good.chip);
    // Only one send is left: from a core to a member two routers to the east in its chip.
    const auto at = [&](std::int32_t core, int x, int y) {
      m.cores[static_cast<std::size_t>(core)].chip = 0;
      m.cores[static_cast<std::size_t>(core)].core = (y * good.chip.mesh_width + x) * good.chip.cores_per_router;
    };
    at(0, 0, 0);
    at(1, 2, 0);
    m.members = {{0, 1}};
    m.sends = {{0, 0, 0, 100, 0}};
    const CheckInput input{m, good.chip, good.layer};
    const auto sum = [&] {
      const Rates rates = rates_of(input, {{0}});
      return std::accumulate(rates.links.begin(), rates.links.end(), 0.0);
    };
    CHECK(sum() == doctest::Approx(2 * 100 * floor.east_west.occupancy));
    const int w = floor.width(); // down, east, east, up
    m.hops = {{0, 0, w}, {0, w, w + 1}, {0, w + 1, w + 2}, {0, w + 2, 2}};
    CHECK(sum() == doctest::Approx(2 * 100 * (floor.east_west.occupancy + floor.north_south.occupancy)));
  }

  TEST_CASE("a rate that the busiest allows passes, one above it is named with its excess") {
    const GoodMapping good;
    const CheckInput input{good.mapping, good.chip, good.layer};
    const std::vector<std::vector<std::int32_t>> chosen{{0, 1, 2}};
    const Rates rates = rates_of(input, chosen);
    const double most = 1 / std::max(rates.link_seconds, rates.core_seconds);
    std::vector<Violation> violations;
    check_rates(input, chosen, most, violations);
    CHECK(violations.empty());
    check_rates(input, chosen, most * 1.01, violations);
    REQUIRE(!violations.empty());
    CHECK(violations[0].kind == (rates.link_seconds > rates.core_seconds ? "link bandwidth" : "memory bandwidth"));
    CHECK(violations[0].value.find("1.01 times as much") != std::string::npos);
    violations.clear();
    check_rates(input, chosen, 1e12, violations);
    const auto of_kind = [&](const char* kind) {
      return std::count_if(violations.begin(), violations.end(), [&](const Violation& v) { return v.kind == kind; });
    };
    CHECK(of_kind("link bandwidth") > 0);
    CHECK(of_kind("memory bandwidth") == 3 * (good.plan.gate_up_cores + good.plan.down_cores));
  }
}
