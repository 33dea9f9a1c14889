// A MoE layer on a chain of cards that compute all experts.
#include <doctest/doctest.h>

#include <algorithm>

#include "description/error.hpp"
#include "sim/neuromorphic/static_moe.hpp"

using namespace moesaic;
using namespace moesaic::sim;

namespace {

Document northpole() {
  return Document::load(catalog_file("hw/catalog", "northpole", "machine"));
}

results::RunRecord run(const char* workload, int tokens, std::uint64_t seed) {
  MoeTask task;
  task.layer = workloads::load_moe_layer(workload);
  task.routing = workloads::make_trace(task.layer, tokens, seed);
  return make_machine("northpole")->run(task);
}

double statistic(const results::RunRecord& record, const std::string& name) {
  for (const auto& one : record.statistics)
    if (one.name == name)
      return one.value;
  FAIL("no statistic " << name);
  return 0;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("all experts are computed: operations, hand-overs and static energy in closed form, whatever was chosen") {
    const auto layer = workloads::load_moe_layer("qwen3-30b-a3b");
    const hw::Chip chip = hw::load_chip(northpole());
    const auto plan = mappings::plan_static_moe(chip, layer);
    const auto one = run("qwen3-30b-a3b", 1, 1), other = run("qwen3-30b-a3b", 1, 99), three = run("qwen3-30b-a3b", 3, 1);
    REQUIRE(one.chips == static_cast<std::uint64_t>(plan.cards));
    CHECK(one.seconds.nominal == other.seconds.nominal);
    CHECK(one.joules.nominal == other.joules.nominal);

    const double experts = 3.0 * 2048 * 768 * 128, router = 2.0 * 2048 * 128, ranks = 2.0 * 128 * 128;
    CHECK(statistic(one, "synaptic_operations") == experts + router + ranks);
    CHECK(statistic(three, "synaptic_operations") == 3 * (experts + router + ranks));
    const double crossings = (plan.cards - 1) * (2048 + 4 * 2048 + 128) + 4 * 2048;
    CHECK(statistic(one, "chip_crossings") == crossings);

    // Every weight is read once, at the bandwidth of all cores but the one that inputs come from; then the hand-overs.
    const double read = experts / (255 * chip.weight_bandwidth->value);
    const double passed = plan.cards * chip.link.latency.value + crossings / chip.link.bandwidth.value;
    CHECK(one.seconds.nominal >= read + passed);
    CHECK(one.seconds.nominal <= 1.05 * (read + passed));
    CHECK(one.seconds.low < one.seconds.nominal);
    CHECK(one.seconds.high > one.seconds.nominal);
    CHECK(three.seconds.nominal == doctest::Approx(one.seconds.nominal + 2 * statistic(one, "token_interval")));

    double sum = 0;
    for (const auto& line : one.energy) {
      sum += line.joules.nominal;
      if (line.kind == "static")
        CHECK(line.joules.nominal == doctest::Approx(plan.cards * chip.static_power.value * one.seconds.nominal));
    }
    CHECK(sum == doctest::Approx(one.joules.nominal));
    double end = 0;
    for (const auto& stage : one.stages) {
      CHECK(stage.start == doctest::Approx(end));
      end = stage.start + stage.seconds;
    }
    CHECK(end == doctest::Approx(one.seconds.nominal));
  }

  TEST_CASE("every output says that all experts are computed, and when nobody has built so many cards") {
    const auto record = run("qwen3-30b-a3b", 1, 1);
    CHECK(record.notes.at(0).find("computes all 128 experts for every token: no data-dependent choice") == 0);
    const auto gains = static_gain_report(northpole(), workloads::load_moe_layer("qwen3-30b-a3b"));
    CHECK(gains.find("computes all 128 experts") != std::string::npos);
    CHECK(gains.find("nothing to place") != std::string::npos);
    hw::Chip chip = hw::load_chip(northpole());
    MoeTask task;
    task.layer = workloads::load_moe_layer("qwen3-30b-a3b");
    task.routing.tokens = 1;
    const auto says = [&](const char* what) {
      const auto notes = run_static_moe(northpole(), chip, task).notes;
      return std::any_of(notes.begin(), notes.end(), [&](const auto& n) { return n.find(what) != std::string::npos; });
    };
    chip.system_chips = static_cast<int>(record.chips) * task.layer.moe_layers();
    CHECK(!says("nobody has built that"));
    --chip.system_chips;
    CHECK(says("cards for the model's 48 MoE layers are more than"));
    chip.system_chips = static_cast<int>(record.chips) - 1;
    CHECK(says("cards for this layer are more than"));
  }

  TEST_CASE("a sweep's brief record has the same figures, and no stages or constants") {
    MoeTask task;
    task.layer = workloads::load_moe_layer("reduced-moe");
    task.routing = workloads::make_trace(task.layer, 2, 1);
    const auto whole = make_machine("northpole")->run(task);
    task.brief = true;
    const auto brief = make_machine("northpole")->run(task);
    CHECK(brief.seconds.nominal == whole.seconds.nominal);
    CHECK(brief.joules.nominal == whole.joules.nominal);
    REQUIRE(brief.statistics.size() == whole.statistics.size());
    for (std::size_t i = 0; i < whole.statistics.size(); ++i)
      CHECK(brief.statistics[i].value == whole.statistics[i].value);
    CHECK(brief.constants.empty());
    CHECK(!whole.constants.empty());
  }

  TEST_CASE("values are refused, and said why") {
    MoeTask task;
    task.layer = workloads::load_moe_layer("reduced-moe");
    task.routing = workloads::make_trace(task.layer, 1, 1);
    CHECK_THROWS_WITH_AS(make_machine("northpole")->check_values(task), doctest::Contains("no values"), InputError);
  }
}
