#include <doctest/doctest.h>

#include <algorithm>

#include "description/error.hpp"
#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/moe_program.hpp"
#include "mappings/neuromorphic/moe_values.hpp"
#include "workloads/reference.hpp"
#include "workloads/trace.hpp"

using namespace moesaic;

/// SystemC's library wants one.
extern "C" int sc_main(int, char**) {
  return 0;
}

namespace {

hw::Chip loihi2() {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "hardware")));
}

struct Mapped {
  explicit Mapped(const std::string& workload)
      : chip(loihi2()), layer(workloads::load_moe_layer(workload)), plan(mappings::plan_moe(chip, layer)),
        program(mappings::make_moe_program(chip, layer, plan)) {}
  hw::Chip chip;
  workloads::MoeLayer layer;
  mappings::MoePlan plan;
  hw::Program program;
};

hw::SystemRun run_scripted(const Mapped& mapped, const std::vector<std::vector<std::int32_t>>& chosen) {
  hw::ScriptedActivity activity(mapped.program, chosen);
  return hw::run_system(mapped.chip, mapped.program, Corner::nominal, activity,
                        static_cast<std::int64_t>(chosen.size()));
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("DeepSeek-V3 is cut as its weights and the core's memory say") {
    const Mapped m("deepseek-v3");
    // 13 pairs of columns: 2 x 7168 x 13 = 186,368 of 196,608 bytes; a 14th would need 200,704.
    CHECK(m.plan.gate_up_cores == (2048 + 12) / 13);
    // 94 columns of 2048 with 16 bytes of state and axon each, 16 of gate and table entries, 1,024 of
    // microcode.
    CHECK(m.plan.down_cores == (7168 + 93) / 94);
    CHECK(m.plan.experts == 257);
    CHECK(m.plan.expert_chips == (257 * (158 + 77) + 119) / 120);
    CHECK(m.plan.chips() >= m.plan.needed_chips());
    CHECK(m.plan.chips() - m.plan.needed_chips() < 10);
    CHECK(m.plan.grid_width <= 2 * m.plan.grid_height);
    CHECK(hw::violations(m.chip, m.program).empty());
    std::int64_t neurons = 0;
    for (const auto& core : m.program.cores)
      neurons += core.neurons;
    CHECK(neurons == 7168 + 256 + 257 + 257 * 7168 + 257 * 2048 + 257 * 7168 + 7168);
  }

  TEST_CASE("no two cores share a place") {
    const Mapped m("reduced-moe");
    std::vector<std::pair<int, int>> places;
    for (const auto& core : m.program.cores)
      places.push_back({core.chip, core.slot});
    std::sort(places.begin(), places.end());
    CHECK(std::adjacent_find(places.begin(), places.end()) == places.end());
  }

  TEST_CASE("a layer that a system cannot hold says by how much") {
    hw::Chip chip = loihi2();
    chip.system_chips = 100;
    const auto layer = workloads::load_moe_layer("deepseek-v3");
    CHECK_THROWS_WITH_AS(mappings::plan_moe(chip, layer), doctest::Contains("408 too many"), InputError);
    chip.memory.size.value = 4096;
    CHECK_THROWS_AS(mappings::plan_moe(chip, layer), InputError);
  }
}

TEST_SUITE("system") {
  TEST_CASE("counts follow from the layer's shapes") {
    const Mapped m("reduced-moe");
    const auto routing = workloads::make_trace(m.layer, 5, 3);
    const auto run = run_scripted(m, mappings::chosen_experts(m.layer, routing));
    const std::uint64_t tokens = 5, hidden = 256, width = 128, active = 4 + 1;
    CHECK(run.steps.size() == tokens + 6);
    CHECK(run.counts.synapse[0] ==
          tokens * (2 * 16 * hidden + active * (2 * hidden * width + width * hidden)));
    CHECK(run.counts.spikes ==
          tokens * (hidden + 16 + active + active * hidden + active * width + active * hidden + hidden));
    const std::uint64_t gate_up = static_cast<std::uint64_t>(m.plan.gate_up_cores),
                        down = static_cast<std::uint64_t>(m.plan.down_cores);
    const std::uint64_t dispatch = 17 * static_cast<std::uint64_t>(m.plan.dispatch_cores);
    CHECK(run.counts.axon_in ==
          tokens * (hidden * (static_cast<std::uint64_t>(m.plan.router_cores) + dispatch) + 16 +
                    active * (1 + down) + active * (hidden * gate_up + width * down + hidden)));
  }

  TEST_CASE("real numbers: the same experts, outputs within the computed bound, the same time and counts") {
    for (const std::uint64_t seed : {1, 2, 3}) {
      CAPTURE(seed);
      Mapped m("reduced-moe");
      const int tokens = 12;
      const auto weights = workloads::make_weights(m.layer, seed);
      const auto hidden = workloads::make_hidden_states(m.layer, tokens, seed);
      const auto reference = workloads::run_reference(m.layer, weights, hidden);
      const auto held = mappings::hold_moe(m.layer, weights, hidden, m.chip.payload_bits);
      mappings::fill_weights(m.program, held);
      mappings::MoeValues values(m.program, held, hidden);
      const auto run = hw::run_system(m.chip, m.program, Corner::nominal, values, tokens);
      for (int t = 0; t < tokens; ++t)
        for (int k = 0; k < m.layer.router.top_k; ++k)
          CHECK(values.choices()[static_cast<std::size_t>(t)][static_cast<std::size_t>(k)] ==
                reference.routing.expert_of(t, k));
      const auto check =
          workloads::check_bounds(mappings::bound_moe(held, weights, hidden, reference), values.outputs());
      CHECK(check.within);
      CHECK(check.largest_ratio > 0.01); // a bound that nothing comes near says nothing
      double largest = 0;
      for (const auto& row : reference.output)
        for (const double y : row)
          largest = std::max(largest, std::abs(y));
      CHECK(check.bound < 0.25 * largest);

      const auto counted = run_scripted(m, mappings::chosen_experts(m.layer, reference.routing));
      CHECK(counted.seconds == run.seconds);
      CHECK(counted.flit_hops == run.flit_hops);
      CHECK(counted.counts.axon_in == run.counts.axon_in);
      CHECK(counted.counts.operations() == run.counts.operations());
      CHECK(counted.counts.spikes == run.counts.spikes);
    }
  }

  TEST_CASE("a wrong weight is noticed") {
    Mapped m("reduced-moe");
    const auto weights = workloads::make_weights(m.layer, 1);
    const auto hidden = workloads::make_hidden_states(m.layer, 4, 1);
    const auto reference = workloads::run_reference(m.layer, weights, hidden);
    auto held = mappings::hold_moe(m.layer, weights, hidden, m.chip.payload_bits);
    mappings::fill_weights(m.program, held);
    // The shared expert's first down column: every weight is lost.
    const auto& downs = m.program.populations[mappings::down];
    const auto& core = m.program.cores[static_cast<std::size_t>(downs.first_core + 16 * m.plan.down_cores)];
    auto& table = m.program.tables[static_cast<std::size_t>(core.first_table)];
    auto broken = std::make_shared<hw::Weights>(*table.weights);
    for (std::size_t row = 0; row < static_cast<std::size_t>(table.rows); ++row)
      broken->value[row * static_cast<std::size_t>(table.columns)] = 0;
    table.weights = broken;
    mappings::MoeValues values(m.program, held, hidden);
    hw::run_system(m.chip, m.program, Corner::nominal, values, 4);
    CHECK_FALSE(
        workloads::check_bounds(mappings::bound_moe(held, weights, hidden, reference), values.outputs())
            .within);
  }
}
