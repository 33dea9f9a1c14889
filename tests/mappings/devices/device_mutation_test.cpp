// Every way we know of breaking a good mapping of cards or GPUs is caught, under its own name.
#include <algorithm>
#include <functional>

#include "hw/gpu/kernel.hpp"
#include "tests/mappings/devices/good_devices.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

struct Mutation {
  const char* what;
  const char* kind; ///< of a violation that must be among those found
  std::function<void(DeviceMapping&)> break_it;
};

void remove(DeviceMapping& m, const DeviceSlice& one) {
  m.slices.erase(m.slices.begin() + (&one - m.slices.data()));
}

void move_expert(DeviceMapping& m, std::int32_t expert, std::int32_t on) {
  for (DeviceSlice& s : m.slices)
    if (s.expert == expert)
      s.on = on;
}

using M = DeviceMapping;

/// Of both kinds.
const std::vector<Mutation> shared = {
    {"a duplicate slice", "weights twice", [](M& m) { m.slices.push_back(m.slices[4]); }},
    {"a missing gate slice", "weights missing", [](M& m) { remove(m, slice_of(m, 1, Projection::gate)); }},
    {"a missing up slice", "weights missing", [](M& m) { remove(m, slice_of(m, 1, Projection::up)); }},
    {"a missing down slice", "weights missing", [](M& m) { remove(m, slice_of(m, 1, Projection::down)); }},
    {"a missing shared expert", "weights missing", [](M& m) { remove(m, slice_of(m, 16, Projection::down)); }},
    {"a slice one column short", "weights missing", [](M& m) { --slice_of(m, 2, Projection::gate).columns; }},
    {"a slice one row short", "slice shape", [](M& m) { --slice_of(m, 2, Projection::gate).rows; }},
    {"a down slice one column short", "slice shape", [](M& m) { --slice_of(m, 2, Projection::down).columns; }},
    {"a slice without inner units", "slice shape", [](M& m) { slice_of(m, 2, Projection::gate).columns = 0; }},
    {"a slice shifted by a column", "slice on a wrong core", [](M& m) { ++slice_of(m, 2, Projection::gate).first_column; }},
    {"a slice far outside", "slice outside the matrix", [](M& m) { slice_of(m, 2, Projection::up).first_column = 2147483647; }},
    {"a gate slice called up", "weights twice", [](M& m) { slice_of(m, 2, Projection::gate).projection = 1; }},
    {"a down slice on another device", "slice on a wrong core", [](M& m) { slice_of(m, 0, Projection::down).on = 3; }},
    {"up and down of two experts swapped", "weights twice",
     [](M& m) { std::swap(slice_of(m, 3, Projection::down).expert, slice_of(m, 4, Projection::up).expert); }},
    {"a slice given to another expert", "weights missing", [](M& m) { slice_of(m, 3, Projection::down).expert = 2; }},
    {"a stale replica", "stale replica",
     [](M& m) {
       m.slices.push_back(m.slices[0]);
       m.slices.back().replica = 1;
     }},
    {"a replica stated but not placed", "weights missing", [](M& m) { m.replicas[2] = 2; }},
    {"an expert without replicas", "replicas", [](M& m) { m.replicas[2] = 0; }},
    {"an expert too many", "experts", [](M& m) { m.replicas.push_back(1); }},
    {"weights of 4 bit", "weight precision", [](M& m) { m.slices[3].bits = 4; }},
    {"a rule of other machines", "replica rule",
     [](M& m) {
       m.replicas[0] = 2;
       m.replica_rule = ReplicaRule::nearest;
     }},
};

const std::vector<Mutation> of_cards = {
    {"a card too far", "no such chip", [](M& m) { m.cores[5].chip = 2; }},
    {"a card less", "no such chip", [](M& m) { m.chips = 1; }},
    {"a core beyond the card", "no such core", [](M& m) { m.cores[5].core = 4; }},
    {"two rows for one core", "core used twice", [](M& m) { m.cores[5] = m.cores[4]; }},
    {"a level of the control processor", "memory level", [](M& m) { m.slices[0].level = 3; }},
    {"gate resident, up streamed", "memory level", [](M& m) { slice_of(m, 2, Projection::gate).level = 1; }},
    {"more resident weights than L1 holds", "level capacity",
     [](M& m) {
       for (DeviceSlice& s : m.slices)
         s.level = 1;
       for (DeviceSlice& s : m.slices)
         s.on %= 4;
     }},
    {"weights of 16 bit", "weight precision", [](M& m) { m.slices[3].bits = 16; }},
    {"a part on one core twice, on another never", "weights twice",
     [](M& m) {
       for (DeviceSlice& s : m.slices)
         if (s.expert == 1 && s.on == 1) {
           s.first_column -= s.projection < 2 ? s.columns : 0;
           s.first_row -= s.projection == 2 ? s.rows : 0;
         }
     }},
};

const std::vector<Mutation> of_gpus = {
    {"a GPU too far", "no such chip", [](M& m) { move_expert(m, 2, 4); }},
    {"a GPU more than the machine has", "chips", [](M& m) { m.chips = 5; }},
    {"a shared expert twice on one GPU", "shared expert", [](M& m) {
       for (DeviceSlice& s : m.slices)
         if (s.expert == 16 && s.on == 3)
           s.on = 2;
     }},
    {"two precisions", "weight precision", [](M& m) { m.slices[7].bits = 16; }},
    {"experts cut unequally on a GPU", "slice width",
     [](M& m) {
       DeviceMapping cut;
       for (DeviceSlice& s : m.slices)
         if (s.expert == 0) {
           DeviceSlice other = s;
           (s.projection == 2 ? s.rows : s.columns) = 64;
           (other.projection == 2 ? other.rows : other.columns) = 64;
           (other.projection == 2 ? other.first_row : other.first_column) = 64;
           other.on = 1;
           cut.slices.push_back(other);
         }
       m.slices.insert(m.slices.end(), cut.slices.begin(), cut.slices.end());
     }},
};

void expect_caught(const GoodDevices& good, const DeviceMapping& valid, const std::vector<Mutation>& mutations) {
  REQUIRE(good.check(valid).empty());
  for (const Mutation& mutation : mutations) {
    CAPTURE(mutation.what);
    DeviceMapping broken = valid;
    mutation.break_it(broken);
    REQUIRE(broken != valid);
    const auto violations = good.check(broken);
    std::string kinds;
    for (const Violation& v : violations) {
      kinds += v.kind + "; ";
      CHECK(!(v.place.empty() || v.limit.empty() || v.value.empty() || v.remedy.empty()));
    }
    CAPTURE(kinds);
    CHECK(std::any_of(violations.begin(), violations.end(), [&](const Violation& v) { return v.kind == mutation.kind; }));
  }
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("each of the mutations of a mapping onto cards is caught, under its name") {
    const GoodDevices good;
    expect_caught(good, good.on_cards(), shared);
    expect_caught(good, good.on_cards(), of_cards);
  }

  TEST_CASE("each of the mutations of a mapping onto GPUs is caught, under its name") {
    const GoodDevices good;
    expect_caught(good, good.on_gpus(), shared);
    expect_caught(good, good.on_gpus(), of_gpus);
  }

  TEST_CASE("a GPU's memory too small by a byte, a card without a link to a host") {
    GoodDevices good;
    const auto bytes = gpu_weight_bytes(good.on_gpus(), 1);
    CHECK(bytes[0] == 5.0 * 3 * 256 * 128); // four experts and the shared one
    for (auto& [info, figure] : good.gpu.figures[0])
      if (std::string(info->name) == "memory_size") {
        auto small = std::make_shared<Figure>(*figure);
        small->value = bytes[0] * hw::gpu::weight_bytes(good.gpu.precision) - 1;
        figure = small;
      }
    const auto violations = good.check(good.on_gpus());
    REQUIRE(violations.size() == 4);
    CHECK(violations[0].kind == "device memory");
    good.card.link_bandwidth.reset();
    const hw::associative::OperationSet operations(good.card, Corner::nominal);
    const auto alone = check_card_mapping(good.on_cards(), operations, good.layer, good.trace);
    REQUIRE(alone.size() == 1);
    CHECK(alone[0].kind == "chips");
    CHECK(check_card_mapping(good.on_cards({1, false}), operations, good.layer, good.trace).empty());
  }

  TEST_CASE("rates: a memory or a link that is too slow is named, with its remedy") {
    const GoodDevices good;
    const auto gpu = gpu_rates(good.on_gpus(), good.gpu, good.layer, {{0, 1, 16}, {0, 5, 16}});
    const double expert = 3.0 * 256 * 128 / good.gpu.constants(0).memory_bandwidth;
    const double ratio = (gpu.memory[0] - gpu.memory[1]) / expert; // 3 of 4 choices are of GPU 0, 1 of GPU 1, over 2 tokens
    CHECK(ratio == doctest::Approx(1).epsilon(0.01));
    std::vector<Violation> violations;
    check_gpu_rates(gpu, 0.999 / gpu.memory[0], violations);
    CHECK(violations.empty());
    check_gpu_rates(gpu, 1.001 / gpu.memory[0], violations);
    REQUIRE(!violations.empty());
    CHECK(violations[0].kind == "memory bandwidth");
    CHECK(violations[0].place == "GPU 0");
    const auto card = card_rates(good.on_cards(), good.card, good.layer, good.trace);
    REQUIRE(card.memory.size() == 2);
    violations.clear();
    const double busiest = std::max(card.memory[0], card.memory[1]);
    check_card_rates(card, 1.001 / busiest, violations);
    REQUIRE(violations.size() == 1);
    CHECK(violations[0].kind == "memory bandwidth");
  }
}
