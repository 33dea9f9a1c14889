// Replicas of experts: numbers, rules, the balancer's plan, and real numbers through all of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "description/error.hpp"
#include "hw/neuromorphic/system.hpp"
#include "mappings/neuromorphic/balanced_experts.hpp"
#include "mappings/neuromorphic/moe_program.hpp"
#include "mappings/neuromorphic/moe_values.hpp"
#include "workloads/reference.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

hw::Chip loihi2() {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "hardware")));
}

/// Two experts of one replica (0, 1) and one of three (2; numbers 2, 3, 4), a core each on chips 0, 1 and 0, 1, 2.
ReplicaPlaces three_chips() {
  ReplicaPlaces places;
  places.weights = {{0, 0, 10}, {1, 1, 2}, {2, 0, 9}, {3, 1, 1}, {4, 2, 7}};
  return places;
}

using List = std::vector<std::int32_t>;

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("numbers count experts first, then further replicas, expert by expert") {
    const Replicas replicas({1, 3, 1, 2});
    CHECK(replicas.numbers() == 7);
    CHECK(replicas.any());
    const List experts{0, 1, 2, 3, 1, 1, 3}, which{0, 0, 0, 0, 1, 2, 1};
    for (std::int32_t n = 0; n < 7; ++n) {
      const auto i = static_cast<std::size_t>(n);
      CHECK(replicas.expert_of(n) == experts[i]);
      CHECK(replicas.replica_of(n) == which[i]);
      CHECK(replicas.number_of(experts[i], which[i]) == n);
    }
    CHECK(replicas.number_of(1, 3) == -1);
    CHECK(replicas.number_of(0, 1) == -1);
    CHECK_FALSE(Replicas({1, 1}).any());
    CHECK(Replicas().expert_of(12) == 12);
    CHECK(Replicas(List(3, 1 << 20)).numbers() == std::int64_t{3} << 20);
  }

  TEST_CASE("each rule chooses as it says") {
    const Replicas replicas({1, 1, 3});
    ReplicaChoice turns(replicas, ReplicaRule::round_robin, three_chips());
    CHECK(turns.serve({0, 2}) == List{0, 2});
    CHECK(turns.serve({0, 1}) == List{0, 1}); // nobody's turn is lost
    CHECK(turns.serve({1, 2}) == List{1, 3});
    CHECK(turns.serve({2}) == List{4});
    CHECK(turns.serve({2}) == List{2});
    ReplicaChoice least(replicas, ReplicaRule::least_loaded, three_chips());
    CHECK(least.serve({0, 2}) == List{0, 3});    // chip 0 is taken
    CHECK(least.serve({0, 1, 2}) == List{0, 1, 4});
    CHECK(least.serve({2}) == List{2});          // of equals the first
    ReplicaChoice near(replicas, ReplicaRule::nearest, three_chips());
    for (int i = 0; i < 3; ++i)
      CHECK(near.serve({0, 2}) == List{0, 3}); // 1 router from the choice core; the others 9 and 7
    ReplicaChoice none;
    CHECK(none.serve({4, 7}) == List{4, 7});
    CHECK(serving({replicas, ReplicaRule::round_robin, three_chips()}, {{1, 2}, {1, 2}}) ==
          std::vector<List>{{1, 2}, {1, 3}});
  }

  TEST_CASE("the balancer gives the busiest experts replicas and even chips, each whole on one") {
    const hw::Chip chip = loihi2();
    const auto layer = workloads::load_moe_layer("qwen3-30b-a3b");
    std::vector<double> load(static_cast<std::size_t>(layer.routed), 10);
    load[7] = 1000, load[100] = 400;
    const MoeOptions options = balanced_experts(chip, layer, load, 16, ReplicaRule::least_loaded);
    const MoePlan plan = plan_moe(chip, layer, options);
    const int whole = chip.cores / plan.expert_cores();
    REQUIRE(whole > 1);
    CHECK(plan.rooms_per_chip <= whole);
    CHECK(plan.numbers() >= layer.routed + 16);
    CHECK(plan.numbers() < layer.routed + 16 + whole);
    CHECK(options.replicas[7] > options.replicas[100]);
    CHECK(options.replicas[100] > 1);
    CHECK(options.replicas[0] == 1);
    const auto program = make_moe_program(chip, layer, plan);
    CHECK(hw::violations(chip, program).empty());
    std::vector<std::set<std::int32_t>> chips(static_cast<std::size_t>(plan.numbers()));
    std::vector<double> by_chip(static_cast<std::size_t>(plan.chips()));
    std::set<std::pair<int, int>> places;
    for (const auto& site : replica_places(chip, layer, program).weights)
      chips[static_cast<std::size_t>(site.number)].insert(site.chip);
    for (const auto& core : program.cores)
      CHECK(places.insert({core.chip, core.slot}).second);
    for (std::int32_t n = 0; n < plan.numbers(); ++n) {
      REQUIRE(chips[static_cast<std::size_t>(n)].size() == 1);
      const auto expert = static_cast<std::size_t>(plan.replicas.expert_of(n));
      by_chip[static_cast<std::size_t>(*chips[static_cast<std::size_t>(n)].begin())] += load[expert] / options.replicas[expert];
    }
    double total = 0;
    for (const double l : load)
      total += l;
    // As even as whole replicas allow: none above the mean by more than the largest share.
    const double largest = std::max(load[7] / options.replicas[7], load[100] / options.replicas[100]);
    CHECK(*std::max_element(by_chip.begin(), by_chip.end()) <= total / plan.expert_chips + largest);
  }

  TEST_CASE("experts of a chip or more follow each other, with the further replicas last; bad requests are named") {
    const hw::Chip chip = loihi2();
    const auto layer = workloads::load_moe_layer("deepseek-v3");
    std::vector<double> load(256, 1);
    load[3] = 9;
    const MoePlan plan = plan_moe(chip, layer, balanced_experts(chip, layer, load, 2, ReplicaRule::round_robin));
    CHECK(plan.rooms_per_chip == 0);
    CHECK(plan.numbers() == 259);
    CHECK(plan.replicas.counts()[3] == 3);
    CHECK(plan.expert_chips == (259 * plan.expert_cores() + chip.cores - 1) / chip.cores);
    load.pop_back();
    CHECK_THROWS_AS(balanced_experts(chip, layer, load, 2, ReplicaRule::round_robin), InputError);
    MoeOptions options;
    options.replicas = {1, 2};
    CHECK_THROWS_WITH_AS(plan_moe(chip, layer, options), doctest::Contains("deepseek-v3 has 257 experts"), InputError);
    options.replicas.assign(257, 1 << 20);
    CHECK_THROWS_AS(plan_moe(chip, layer, options), InputError);
  }
}

TEST_SUITE("system") {
  TEST_CASE("replicas give the same outputs to the bit, the same counts but for what they add, and take turns") {
    const hw::Chip chip = loihi2();
    const auto layer = workloads::load_moe_layer("reduced-moe");
    const int tokens = 8;
    const auto weights = workloads::make_weights(layer, 1);
    const auto hidden = workloads::make_hidden_states(layer, tokens, 1);
    const auto held = hold_moe(layer, weights, hidden, chip.payload_bits);
    const auto values = [&](const MoePlan& plan, hw::Program& program, hw::SystemRun& run) {
      MoeValues made(program, held, hidden, replica_choice(chip, layer, plan, program));
      run = hw::run_system(chip, program, Corner::nominal, made, tokens);
      return made.outputs();
    };
    const MoePlan single = plan_moe(chip, layer);
    hw::Program plain = make_moe_program(chip, layer, single);
    fill_weights(plain, held);
    hw::SystemRun alone;
    const auto expected = values(single, plain, alone);
    for (const auto rule : {ReplicaRule::round_robin, ReplicaRule::least_loaded, ReplicaRule::nearest}) {
      MoeOptions options;
      options.replicas.assign(17, 3);
      options.rule = rule;
      const MoePlan plan = plan_moe(chip, layer, options);
      hw::Program program = make_moe_program(chip, layer, plan);
      fill_weights(program, held, plan.replicas);
      hw::SystemRun run;
      CHECK(values(plan, program, run) == expected);
      CHECK(run.counts.operations() == alone.counts.operations() + tokens * 34u * 256); // relays of 34 further replicas
      CHECK(run.counts.spikes == alone.counts.spikes);
      CHECK(run.counts.instructions ==
            alone.counts.instructions + tokens * static_cast<std::uint64_t>(replica_instructions(rule, 5, 3, 2)));
      // The same program with choices scripted: the same time.
      const auto reference = workloads::run_reference(layer, weights, hidden);
      hw::ScriptedActivity scripted(program, serving(replica_choice(chip, layer, plan, program),
                                                     chosen_experts(layer, reference.routing)));
      CHECK(hw::run_system(chip, program, Corner::nominal, scripted, tokens).seconds == run.seconds);
      // A replica that serves and lost its weights is noticed: replica 1 of the shared expert takes the second token.
      if (rule != ReplicaRule::round_robin)
        continue;
      const auto number = static_cast<std::int32_t>(plan.replicas.number_of(16, 1));
      const auto& downs = program.populations[down];
      auto& table = program.tables[static_cast<std::size_t>(
          program.cores[static_cast<std::size_t>(downs.first_core + number * plan.down_cores)].first_table)];
      table.weights = std::make_shared<hw::Weights>(hw::Weights{std::vector<std::int8_t>(table.weights->value.size())});
      const auto stale = values(plan, program, run);
      CHECK(stale[0] == expected[0]);
      CHECK(stale[1] != expected[1]);
      CHECK(stale[2] == expected[2]);
    }
  }
}
