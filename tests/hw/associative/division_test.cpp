// Signed division against the host's.
#include <rapidcheck.h>

#include "tests/hw/associative/lanes.hpp"

using namespace moesaic::hw::associative;

TEST_SUITE("property") {
  TEST_CASE("signed quotients are rounded towards zero; a division by zero has its own") {
    CHECK(rc::check("div_s16", [](std::uint16_t seed, bool in_place) {
      Lanes lanes;
      const auto x = numbers(2u * seed), y = numbers(2u * seed + 1);
      lanes.set(1, x), lanes.set(2, y);
      const int target = in_place ? 1 + seed % 2 : 0;
      lanes.run("div_s16", {target, 1, 2});
      const auto z = lanes.get(target);
      for (std::size_t i = 0; i < z.size(); ++i) {
        const int dividend = static_cast<std::int16_t>(x[i]), divisor = static_cast<std::int16_t>(y[i]);
        const int wanted = divisor ? dividend / divisor : dividend < 0 ? 1 : -1;
        RC_ASSERT(z[i] == static_cast<std::uint16_t>(wanted));
      }
    }));
  }
}
