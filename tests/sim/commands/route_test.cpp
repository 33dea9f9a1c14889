// Routes of their own in mapping files, on a chip and between chips, as the program's user meets them.
#include <doctest/doctest.h>

#include "mappings/check/check_rates.hpp"
#include "sim/neuromorphic/placed_moe.hpp"
#include "tests/sim/program.hpp"

TEST_SUITE("system") {
  TEST_CASE("a route of its own is run along its links with the same values") {
    const TemporaryFolder folder;
    REQUIRE(run_moesaic(folder, "map reduced-moe --on loihi2 --strategy naive --output m.yaml").code == 0);
    const auto mapping = moesaic::mappings::load_mapping(folder / "m.yaml");
    const int mesh_width = 8, mesh_height = 4, per_router = 4, width = mesh_width * mapping.chips_across;
    const auto place = [&](std::int32_t core) {
      const auto& at = mapping.cores[static_cast<std::size_t>(core)];
      const int router = at.core / per_router;
      return std::make_pair(at.chip % mapping.chips_across * mesh_width + router % mesh_width,
                            at.chip / mapping.chips_across * mesh_height + router / mesh_width);
    };
    // Of a send to one member: along the column first, then along the row, as no other message goes.
    const auto turned = [&] {
      auto made = mapping;
      for (std::size_t s = 0; s < mapping.sends.size() && made.hops.empty(); ++s) {
        const auto& send = mapping.sends[s];
        std::vector<std::int32_t> members;
        for (const auto& member : mapping.members)
          if (member.group == send.group)
            members.push_back(member.core);
        const bool same = mapping.cores[static_cast<std::size_t>(members.front())].chip ==
                          mapping.cores[static_cast<std::size_t>(send.core)].chip;
        auto [x, y] = place(send.core);
        const auto [to_x, to_y] = place(members.front());
        if (members.size() != 1 || !same || x == to_x || y == to_y)
          continue;
        while (x != to_x || y != to_y) {
          const int from = y * width + x;
          (y != to_y ? y : x) += y != to_y ? (to_y > y ? 1 : -1) : (to_x > x ? 1 : -1);
          made.hops.push_back({static_cast<std::int32_t>(s), from, y * width + x});
        }
      }
      REQUIRE(made.hops.size() >= 2);
      return made;
    };
    auto own = turned();
    moesaic::mappings::save_mapping(own, folder / "own.yaml");
    const Answer proved = run_moesaic(folder, "check own.yaml --values");
    CAPTURE(proved.out);
    CAPTURE(proved.error);
    CHECK(proved.code == 0);
    CHECK(run_moesaic(folder, "compare reduced-moe --on loihi2 --against h100 --mapping own.yaml --output r").code == 0);
    own.hops.pop_back();
    moesaic::mappings::save_mapping(own, folder / "short.yaml");
    const Answer shorter = run_moesaic(folder, "check short.yaml");
    CHECK(shorter.code == 1);
    CHECK(shorter.out.find("not connected") != std::string::npos);
  }

  TEST_CASE("a route of its own from chip to chip is proved, estimated and run with the same values; a broken one is refused") {
    const TemporaryFolder folder;
    REQUIRE(run_moesaic(folder, "map reduced-moe --on loihi2 --strategy naive --output m.yaml").code == 0);
    const auto mapping = moesaic::mappings::load_mapping(folder / "m.yaml");
    const auto chip = moesaic::hw::load_chip(moesaic::sim::neuromorphic_description("loihi2"));
    const auto floor = moesaic::mappings::floor_of_mapping(mapping, chip);
    const auto router = [&](std::int32_t core) {
      const auto& at = mapping.cores[static_cast<std::size_t>(core)];
      return floor.router_of(floor.slot_of(at.chip, at.core));
    };
    auto own = mapping;
    for (std::size_t s = 0; s < mapping.sends.size() && own.hops.empty(); ++s) {
      const auto& send = mapping.sends[s];
      std::vector<std::int32_t> members;
      for (const auto& member : mapping.members)
        if (member.group == send.group)
          members.push_back(member.core);
      if (members.size() != 1 || mapping.cores[static_cast<std::size_t>(members[0])].chip ==
                                     mapping.cores[static_cast<std::size_t>(send.core)].chip)
        continue;
      // The shortest way: breadth first from the receiver, back over links that exist.
      const int width = floor.width(), from = router(send.core), to = router(members[0]);
      std::vector<int> next(static_cast<std::size_t>(floor.routers()), -1), open{to};
      next[static_cast<std::size_t>(to)] = to;
      for (std::size_t i = 0; i < open.size(); ++i)
        for (const int step : {1, -1, width, -width})
          if (const int at = open[i] + step; floor.link_between(at, open[i]) >= 0 && next[static_cast<std::size_t>(at)] < 0) {
            next[static_cast<std::size_t>(at)] = open[i];
            open.push_back(at);
          }
      for (int at = from; at != to; at = next[static_cast<std::size_t>(at)])
        own.hops.push_back({static_cast<std::int32_t>(s), at, next[static_cast<std::size_t>(at)]});
    }
    REQUIRE(own.hops.size() >= 2);
    moesaic::mappings::save_mapping(own, folder / "far.yaml");
    const Answer proved = run_moesaic(folder, "check far.yaml --values");
    CAPTURE(proved.out);
    CAPTURE(proved.error);
    CHECK(proved.code == 0);
    CHECK(proved.out.find("expert choice identical") != std::string::npos);
    CHECK(proved.out.find("\nestimated ") != std::string::npos);
    const Answer run = run_moesaic(folder, "compare reduced-moe --on loihi2 --against h100 --mapping far.yaml --output f");
    CAPTURE(run.error);
    CHECK(run.code == 0);
    own.hops.pop_back();
    moesaic::mappings::save_mapping(own, folder / "short.yaml");
    CHECK(run_moesaic(folder, "compare reduced-moe --on loihi2 --against h100 --mapping short.yaml --output s").code == 2);
  }
}
