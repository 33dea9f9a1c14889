// A MoE layer on chips with one schedule for all data: sizes by hand.
#include <doctest/doctest.h>

#include <algorithm>

#include "description/error.hpp"
#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/moe_plan.hpp"
#include "mappings/neuromorphic/static_moe.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

hw::Chip northpole() {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", "northpole", "machine")));
}

std::int64_t weights_of(const std::vector<ChipProduct>& products) {
  std::int64_t weights = 0;
  for (const auto& product : products)
    if (product.name == "gate and up" || product.name == "down")
      weights += std::int64_t{product.rows} * product.columns;
  return weights;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("a static schedule holds every weight of every expert once, on as few cards as hold them") {
    const hw::Chip chip = northpole();
    for (const char* name : {"deepseek-v3", "mixtral-8x7b", "qwen3-30b-a3b", "reduced-moe"}) {
      CAPTURE(name);
      const auto layer = workloads::load_moe_layer(name);
      const StaticMoe plan = plan_static_moe(chip, layer);
      const std::int64_t all = (layer.routed + layer.shared) * layer.expert_weights();
      CHECK(weights_of(plan.first) + (plan.cards - 1) * weights_of(plan.further) == all);
      CHECK(plan.units * 3 * layer.hidden == all);
      // Not fewer cards than bytes need, nor many more: slices of whole results leave at most one of them empty per core.
      const double room = chip.cores * (chip.memory.size.value - chip.memory.program.value);
      CHECK(plan.cards >= static_cast<double>(all) / room);
      CHECK(plan.cards <= 1 + 1.05 * static_cast<double>(all) / room);
      CHECK(static_cast<double>(core_bytes(chip, plan.first)) <= chip.memory.size.value);
      CHECK(static_cast<double>(core_bytes(chip, plan.further)) <= chip.memory.size.value);
    }
  }

  TEST_CASE("memory is enforced: one byte less per core than the fullest needs takes a card more, and a unit too large is "
            "refused") {
    hw::Chip chip = northpole();
    auto layer = workloads::load_moe_layer("mixtral-8x7b");
    const StaticMoe plan = plan_static_moe(chip, layer);
    chip.memory.size.value = static_cast<double>(std::max(core_bytes(chip, plan.first), core_bytes(chip, plan.further)));
    CHECK(plan_static_moe(chip, layer).cards == plan.cards);
    chip.memory.size.value = static_cast<double>(3 * layer.hidden); // a unit, but neither router nor schedule
    CHECK_THROWS_WITH_AS(plan_static_moe(chip, layer), doctest::Contains("too many"), InputError);
  }

  TEST_CASE("nothing that chooses runs on a static schedule, and arithmetic does") {
    const hw::Chip chip = northpole();
    hw::Program program = product_program(chip, {"product", 16, 32, 8, 2, 20});
    CHECK(hw::violations(chip, program).empty());
    program.populations[1].soma = hw::Soma::top_k;
    REQUIRE(hw::violations(chip, program).size() == 1);
    CHECK(hw::violations(chip, program)[0].find("one schedule for all data") != std::string::npos);
    CHECK_THROWS_WITH_AS(plan_moe(chip, workloads::load_moe_layer("reduced-moe")), doctest::Contains("one schedule"),
                         InputError);
    CHECK_THROWS_AS(plan_static_moe(hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine"))),
                                    workloads::load_moe_layer("reduced-moe")),
                    InputError);
  }

  TEST_CASE("what is handed over is the hidden state, the sum in 32 bits and a gate per expert") {
    const auto layer = workloads::load_moe_layer("reduced-moe");
    const StaticMoe plan = plan_static_moe(northpole(), layer);
    CHECK(plan.hand_over == 256 + 4 * 256 + 16);
    CHECK(plan.last_hand_over == 4 * 256);
    CHECK(plan.messages() == plan.last_hand_over); // one card
  }
}
