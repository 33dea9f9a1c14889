#include <numeric>
#include <random>

#include "description/error.hpp"
#include "tests/mappings/devices/good_devices.hpp"
#include "tests/mappings/format/scratch.hpp"
#include "workloads/expert_balance.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

void expect_same(const std::vector<gpu::RankLoad>& a, const std::vector<gpu::RankLoad>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].tokens == b[i].tokens);
    CHECK(a[i].slots == b[i].slots);
    CHECK(a[i].experts == b[i].experts);
    CHECK(a[i].rows == b[i].rows);
    CHECK(a[i].touched == b[i].touched);
    CHECK(a[i].padded == b[i].padded);
    CHECK(a[i].own == b[i].own);
    CHECK(a[i].width_share == b[i].width_share);
    CHECK(a[i].copies == b[i].copies);
  }
}

/// Whatever the message, it must name the place.
std::string error_of(const Scratch& scratch, std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  try {
    load_device_mapping(scratch.write("bad.yaml", text.replace(at, from.size(), to)));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("without a mapping a group's loads are those of the even one, and the balancer's those of its own") {
    const GoodDevices good;
    for (const int tokens : {1, 7, 64}) {
      const auto rows = workloads::make_trace(good.layer, tokens, 3).load();
      expect_same(gpu_loads(good.on_gpus(), good.layer, rows, tokens), gpu::group_loads(rows, {4, 0}, tokens, 4));
      expect_same(gpu_loads(balanced_gpu_mapping(good.layer, 4, 8, 8, rows), good.layer, rows, tokens),
                  gpu::group_loads(rows, {4, 8}, tokens, 4));
    }
  }

  TEST_CASE("a cut expert's rows go to each GPU with a part of it, all experts on one GPU load that one alone") {
    const GoodDevices good;
    const std::vector<int> rows(16, 5); // 20 tokens of 4 choices
    for (const auto& load : gpu_loads(tensor_gpu_mapping(good.layer, 4, 8), good.layer, rows, 20)) {
      CHECK(load.rows == 80);
      CHECK(load.width_share == 0.25);
      CHECK(load.copies == 4);
    }
    DeviceMapping packed = good.on_gpus();
    for (DeviceSlice& s : packed.slices)
      if (s.expert < 16)
        s.on = 2;
    good.expect_valid(packed);
    const auto loads = gpu_loads(packed, good.layer, rows, 20);
    CHECK(loads[2].rows == 80);
    CHECK(loads[0].rows == 0);
    CHECK(loads[0].copies == 1);
  }

  TEST_CASE("what one card does without a mapping is what the even mapping says, and every strategy's is valid") {
    const GoodDevices good;
    const auto work = card_work(good.on_cards({1, false}), good.card, good.layer);
    const auto even = associative::even_work(good.card, good.layer);
    REQUIRE(work.size() == 1);
    CHECK(work[0].part == even.part);
    CHECK(work[0].replicas == even.replicas);
    REQUIRE(work[0].cores.size() == even.cores.size());
    for (std::size_t c = 0; c < even.cores.size(); ++c) {
      REQUIRE(work[0].cores[c].size() == even.cores[c].size());
      for (std::size_t i = 0; i < even.cores[c].size(); ++i) {
        CHECK(work[0].cores[c][i].expert == even.cores[c][i].expert);
        CHECK(work[0].cores[c][i].first == even.cores[c][i].first);
        CHECK(work[0].cores[c][i].width == even.cores[c][i].width);
      }
    }
    const auto load = workloads::make_trace(good.layer, 100, 1).load();
    for (const CardOptions& options : {CardOptions{1, false}, {3, false}, {3, true}}) {
      good.expect_valid(good.on_cards(options));
      good.expect_valid(whole_card_mapping(good.card, good.layer, options));
      if (!options.resident)
        good.expect_valid(tensor_card_mapping(good.card, good.layer, options));
      good.expect_valid(balanced_card_mapping(good.card, good.layer, options, 2, load));
    }
    good.expect_valid(GoodDevices::named(tensor_gpu_mapping(good.layer, 4, 16)));
  }

  TEST_CASE("replicas take turns, and each token's turn is of one replica") {
    const GoodDevices good;
    workloads::Routing routing{3, 2, 16, {5, 1, 5, 2, 5, 1}, {1, 1, 1, 1, 1, 1}};
    std::vector<int> replicas(17, 1);
    replicas[5] = 2;
    replicas[16] = 3;
    CHECK(associative::replica_turns(routing, 1, replicas) == std::vector<int>{0, 0, 0, 1, 0, 1, 0, 0, 2});
    const auto turns = associative::replica_turns(routing, 1, replicas);
    CHECK(associative::item_tokens({5, 0, 0, 1, false}, routing, 1, turns) == std::vector<int>{0, 2});
    CHECK(associative::item_tokens({5, 1, 0, 1, false}, routing, 1, turns) == std::vector<int>{1});
    CHECK(associative::item_tokens({16, 2, 0, 1, false}, routing, 1, turns) == std::vector<int>{2});
  }

  TEST_CASE("saved and loaded they are the same, inside and beside; what another kind has is refused with its place") {
    const GoodDevices good;
    const Scratch scratch;
    for (DeviceMapping mapping : {good.on_cards(), good.on_gpus()})
      for (const TablePlace place : {TablePlace::inside, TablePlace::beside}) {
        mapping.machine = "it's a \"name\"";
        mapping.strategy = "even";
        save_device_mapping(mapping, scratch.path("m.yaml"), place);
        CHECK(is_device_mapping(scratch.path("m.yaml")));
        CHECK(difference(load_device_mapping(scratch.path("m.yaml")), mapping).empty());
      }
    const std::string gpu = device_mapping_text(good.on_gpus()), card = device_mapping_text(good.on_cards());
    const auto says = [](const std::string& error, const char* place, const char* what) {
      CAPTURE(error);
      CHECK(error.find(place) != std::string::npos);
      CHECK(error.find(what) != std::string::npos);
    };
    says(error_of(scratch, gpu, "chips: 4", "chips: 4\nbatches: whole"), "bad.yaml:11:10: batches: ", "a kernel takes all tokens");
    says(error_of(scratch, gpu, "chips: 4", "chips: 4\nweights: resident"), "bad.yaml:11:10: weights: ", "no meaning");
    says(error_of(scratch, card, "chips: 2", "chips: 2\nhops: []"), "hops: ", "no messages go from core to core");
    says(error_of(scratch, card, "chips: 2", "chips_across: 2"), "chips_across: ", "stand in no grid");
    says(error_of(scratch, card, "chips: 2", "chips: 9223372036854775808"), "chips: ", "expected a whole number");
    says(error_of(scratch, card, "batches: faster", "batches: fast"), "batches: ", "did you mean");
    says(error_of(scratch, card, "machine_kind: associative", "machine_kind: quantum"), "machine_kind: ", "quantum");
    says(error_of(scratch, card, ", level]", ", depth]"), "slices.columns: ", "expected [expert");
    says(error_of(scratch, card, "    - [0, 0, 0, 0, 256, 0, 32, 8, 0, 4]", "    - [0, 0, 0, 0, 256, 0, 32, 8, 8, 4]"), "slices: row 0",
         "core 8, there are 8");
    says(error_of(scratch, card, "    - [0, 0, 0, 0, 256, 0, 32, 8, 0, 4]", "    - [0, 0, 3, 0, 256, 0, 32, 8, 0, 4]"), "slices: row 0",
         "projection 3");
    says(error_of(scratch, card, "seed: 1", "seed: &a 1"), "anchors", "not supported");
    says(error_of(scratch, card, "chips: 2", "chips: 2\nspeed: 3"), "speed: ", "unknown key");
    CHECK_THROWS_WITH_AS(load_mapping(scratch.write("c.yaml", card)), doctest::Contains("machine of kind associative"), InputError);
  }
}

TEST_SUITE("property") {
  TEST_CASE("none of 200 random valid mappings is rejected, of cards and of GPUs") {
    const GoodDevices good;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      CAPTURE(seed);
      std::mt19937_64 random(seed);
      const auto below = [&](int n) { return static_cast<std::int32_t>(random() % static_cast<std::uint64_t>(n)); };
      DeviceMapping cards = good.on_cards();
      cards.slices.clear();
      for (std::int32_t e = 0; e < 17; ++e)
        for (std::int32_t replica = 0, all = cards.replicas[static_cast<std::size_t>(e)] = 1 + below(2); replica < all; ++replica)
          for (std::int32_t at = 0; at < 128;) {
            const std::int32_t width = std::min(128 - at, 16 + below(112));
            const std::int32_t level = below(16) == 0 ? 1 : 4;
            add_part({e, replica, below(8), level, at, width}, good.layer, 8, cards);
            at += width;
          }
      // The program is the same whatever the order of rows, but for the order of work.
      for (std::size_t i = cards.slices.size(); i > 1; --i)
        std::swap(cards.slices[i - 1], cards.slices[random() % i]);
      good.expect_valid(cards);
      DeviceMapping gpus = good.on_gpus();
      for (std::int32_t e = 0; e < 16; ++e) {
        const std::int32_t on = below(4);
        for (DeviceSlice& s : gpus.slices)
          if (s.expert == e)
            s.on = on;
      }
      good.expect_valid(gpus);
    }
  }
}
