#include <doctest/doctest.h>

#include <numeric>
#include <random>

#include "mappings/placement/strategy.hpp"
#include "tests/mappings/check/good_mapping.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

void expect_valid(const GoodMapping& good, const Mapping& mapping) {
  const auto violations = good.check(mapping);
  for (const Violation& v : violations)
    FAIL_CHECK(to_text(v));
  CHECK(violations.empty());
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("what the lowering makes is valid, and so is every strategy's placement of it") {
    const GoodMapping good;
    expect_valid(good, good.mapping);
    const CoreRoles roles = moe_roles(good.plan, good.program);
    const Floor floor = floor_of(good.chip, good.program, 7);
    const Traffic traffic = traffic_of(good.chip, good.program, roles, {{0, 1}, {2, 3}});
    for (const auto& one : strategies()) {
      CAPTURE(one->name());
      PlacementRequest request{&traffic, &floor};
      request.moves = 200;
      hw::Program program = good.program;
      place(good.chip, one->place(request).placement, program);
      expect_valid(good, mapping_of(good.chip, good.layer, good.plan, program));
    }
  }

  TEST_CASE("violations as JSON carry all five members") {
    const std::string json = to_json({{"a \"kind\"", "b", "c", "d", "e"}});
    for (const char* part : {"\"kind\": \"a \\\"kind\\\"\"", "\"place\": \"b\"", "\"limit\": \"c\"",
                             "\"value\": \"d\"", "\"remedy\": \"e\""})
      CHECK(json.find(part) != std::string::npos);
  }
}

TEST_SUITE("property") {
  TEST_CASE("none of 200 random valid mappings is rejected") {
    const GoodMapping good;
    const int slots = good.program.chips * good.chip.cores;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      std::mt19937_64 random(seed);
      std::vector<std::int32_t> free(static_cast<std::size_t>(slots));
      std::iota(free.begin(), free.end(), 0);
      Mapping mapping = good.mapping;
      for (std::size_t c = 0; c < mapping.cores.size(); ++c) {
        std::swap(free[c], free[c + random() % (free.size() - c)]);
        mapping.cores[c].chip = free[c] / good.chip.cores;
        mapping.cores[c].core = free[c] % good.chip.cores;
      }
      // Order in a file says nothing: slices, and members within their group, may stand anyhow.
      for (std::size_t i = mapping.slices.size(); i > 1; --i)
        std::swap(mapping.slices[i - 1], mapping.slices[random() % i]);
      // A slice may be cut in two by rows on the same core, and weights may be narrower.
      Slice& cut = mapping.slices[random() % mapping.slices.size()];
      Slice lower = cut;
      cut.rows = 1 + static_cast<std::int32_t>(random() % static_cast<std::uint64_t>(cut.rows - 1));
      lower.first_row += cut.rows;
      lower.rows -= cut.rows;
      lower.bits = 4;
      mapping.slices.push_back(lower);
      expect_valid(good, mapping);
    }
  }
}
