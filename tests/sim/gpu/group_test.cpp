// Groups in expert parallelism: what they cost together, and how they are asked for.
#include <doctest/doctest.h>

#include "description/error.hpp"
#include "results/verdict.hpp"
#include "sim/gpu/group.hpp"
#include "sim/machine/machine.hpp"

using namespace moesaic;
using namespace moesaic::sim;
using hw::gpu::Cost;

static MoeTask task_of(const char* workload, int tokens) {
  const auto layer = workloads::load_moe_layer(workload);
  return {layer, workloads::make_trace(layer, tokens, 1), 1};
}

static double statistic(const results::RunRecord& record, const char* name) {
  for (const auto& s : record.statistics)
    if (s.name == name)
      return s.value;
  FAIL("no such statistic: ", name);
  return 0;
}

TEST_SUITE("unit") {
  TEST_CASE("the slowest sets the time, and who is done earlier waits at idle power") {
    GpuGroup group;
    group.programs.resize(3);
    group.costs.resize(3);
    const double seconds[] = {1, 4, 2}, joules[] = {100, 300, 150};
    for (std::size_t i = 0; i < 3; ++i)
      group.costs[i].seconds = seconds[i], group.costs[i].joules = joules[i];
    CHECK(group.slowest() == 1);
    CHECK(group.seconds() == 4);
    CHECK(group.sum(&Cost::joules) == 550);
    CHECK(group.joules(10) == 550 + 10 * (3 + 2));
  }

  TEST_CASE("a group of one is the GPU itself") {
    const auto task = task_of("deepseek-v3", 3);
    const auto one = make_machine("1xh100")->run(task), gpu = make_machine("h100")->run(task);
    CHECK(one.machine == "h100");
    CHECK(one.seconds.nominal == gpu.seconds.nominal);
    CHECK(one.joules.high == gpu.joules.high);
  }

  TEST_CASE(
      "eight GPUs share experts and tokens: less time for a batch, each board drawing power throughout") {
    const auto task = task_of("deepseek-v3", 256);
    const auto gpu = make_machine("h100")->run(task), group = make_machine("8xh100")->run(task);
    CHECK(group.machine == "8xh100");
    CHECK(group.chips == 8);
    CHECK(group.power_limit == 8 * gpu.power_limit);
    // The busiest rank's share of a memory-bound layer, and the exchanges.
    CHECK(group.seconds.nominal > gpu.seconds.nominal / 8);
    CHECK(group.seconds.nominal < gpu.seconds.nominal / 3);
    CHECK(group.joules.nominal > gpu.joules.nominal);
    CHECK(group.joules.nominal <= group.power_limit * group.seconds.nominal);
    CHECK(group.joules.high <= group.power_limit * group.seconds.high * (1 + 1e-12));
    CHECK(statistic(group, "load imbalance") >= 1);
    CHECK(statistic(group, "touched experts") == statistic(gpu, "touched experts"));
    CHECK(statistic(group, results::model_chips) == 8);
    CHECK(statistic(group, results::model_joules) == doctest::Approx(group.joules.nominal));
  }

  TEST_CASE("what cannot be a group is refused") {
    CHECK_THROWS_WITH_AS(make_machine("8xloihi2"), doctest::Contains("only GPUs form"), InputError);
    CHECK_THROWS_WITH_AS(make_machine("8xh10"), doctest::Contains("h10"), InputError);
    CHECK_THROWS_WITH_AS(make_machine("0xh100"), doctest::Contains("ranks"), InputError);
    CHECK_THROWS_WITH_AS(make_machine("3xh100")->run(task_of("deepseek-v3", 1)), doctest::Contains("3 ranks"),
                         InputError);
    CHECK_THROWS_WITH_AS(make_machine("16xrtx4090")->run(task_of("deepseek-v2-lite", 1)),
                         doctest::Contains("link.network"), InputError);
  }
}
