// Mappings with replicas of experts: valid as lowered under each rule, and every way we know of breaking one is caught.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "mappings/check/check_rates.hpp"
#include "tests/mappings/check/good_mapping.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

/// Experts 0 and 5 have two and three replicas, the shared one (16) two.
MoeOptions replicated(ReplicaRule rule = ReplicaRule::round_robin) {
  MoeOptions options;
  options.rule = rule;
  options.replicas.assign(17, 1);
  options.replicas[0] = options.replicas[16] = 2;
  options.replicas[5] = 3;
  return options;
}

Send& send_of(Mapping& m, std::int32_t core) {
  return *std::find_if(m.sends.begin(), m.sends.end(), [&](const Send& s) { return s.core == core; });
}

/// The choice core's send for a replica number.
Send& chosen(Mapping& m, std::int32_t number) {
  const std::int32_t choice = core_of(m, "choice");
  return *std::find_if(m.sends.begin(), m.sends.end(), [&](const Send& s) { return s.core == choice && s.when == number + 1; });
}

Slice& slice_of(Mapping& m, std::int32_t expert, std::int32_t replica, Projection projection) {
  return *std::find_if(m.slices.begin(), m.slices.end(), [&](const Slice& s) {
    return s.expert == expert && s.replica == replica && s.projection == static_cast<std::int32_t>(projection);
  });
}

MappedPopulation& population(Mapping& m, const std::string& name) {
  return *std::find_if(m.populations.begin(), m.populations.end(), [&](const auto& p) { return p.name == name; });
}

struct Mutation {
  const char* what;
  const char* kind; ///< of a violation that must be among those found
  std::function<void(Mapping&)> break_it;
};

// Numbers of replicas: expert 0's further one is 17, expert 5's are 18 and 19, the shared expert's is 20.
const std::vector<Mutation> mutations = {
    {"a replica stated no more", "stale replica", [](Mapping& m) { m.replicas[5] = 2; }},
    {"a population of a replica that is not stated", "stale replica",
     [](Mapping& m) { population(m, "gate_up 5 replica 2").replica = 3; }},
    {"a replica stated but not placed", "weights missing", [](Mapping& m) { ++m.replicas[5]; }},
    {"a replica without its down slice", "weights missing",
     [](Mapping& m) { m.slices.erase(m.slices.begin() + (&slice_of(m, 5, 1, Projection::down) - m.slices.data())); }},
    {"a slice of the other replica", "slice on a wrong core",
     [](Mapping& m) { slice_of(m, 5, 2, Projection::gate).replica = 1; }},
    {"a slice given to the other replica", "weights missing",
     [](Mapping& m) { slice_of(m, 5, 2, Projection::gate).replica = 1; }},
    {"slices of two replicas swapped", "slice on a wrong core",
     [](Mapping& m) { std::swap(slice_of(m, 5, 0, Projection::up).core, slice_of(m, 5, 1, Projection::up).core); }},
    {"a population that takes another replica's name", "slice on a wrong core",
     [](Mapping& m) { population(m, "down 0 replica 1").replica = 0; }},
    {"two replicas that serve the same tokens", "input of another expert", [](Mapping& m) { chosen(m, 18).when = 5 + 1; }},
    {"a replica that the choice never wakes", "input missing",
     [](Mapping& m) {
       m.sends.erase(m.sends.begin() + (&chosen(m, 17) - m.sends.data()));
     }},
    {"a replica woken with another one's group", "input of another expert",
     [](Mapping& m) { chosen(m, 18).group = chosen(m, 19).group; }},
    {"a replica that sends for the tokens of another", "sends at wrong times",
     [](Mapping& m) { send_of(m, core_of(m, "gate_up 5 replica 1")).when = 19 + 1; }},
    {"a replica that sends for every token of its expert's first", "sends at wrong times",
     [](Mapping& m) { send_of(m, core_of(m, "down 16 replica 1")).when = 16 + 1; }},
    {"a replica fed with another replica's state", "input of another expert",
     [](Mapping& m) {
       send_of(m, core_of(m, "dispatch 5 replica 1")).group = send_of(m, core_of(m, "dispatch 5 replica 2")).group;
     }},
    {"a replica whose output nobody sums", "input missing",
     [](Mapping& m) {
       send_of(m, core_of(m, "down 5 replica 1")).group = send_of(m, core_of(m, "gate_up 5 replica 1")).group;
     }},
    {"a replica that does not hear the hidden state", "input missing",
     [](Mapping& m) {
       const std::int32_t relay = core_of(m, "dispatch 0 replica 1");
       const std::int32_t group = send_of(m, core_of(m, "sources")).group;
       m.members.erase(std::find_if(m.members.begin(), m.members.end(),
                                    [&](const Member& x) { return x.core == relay && x.group == group; }));
     }},
    {"a choice with a neuron too few", "output twice",
     [](Mapping& m) { --m.cores[static_cast<std::size_t>(core_of(m, "choice"))].neurons; }},
};

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a mapping with replicas is valid under every rule, and lowers to the program that it is of") {
    for (const auto rule : {ReplicaRule::round_robin, ReplicaRule::least_loaded, ReplicaRule::nearest}) {
      const GoodMapping good(replicated(rule));
      for (const Violation& v : good.check(good.mapping))
        FAIL_CHECK(to_text(v));
      CHECK(good.mapping.replica_rule == rule);
      CHECK(good.mapping.slices.size() == 21u * (2 * 4 + 3));
      const MoePlan plan = plan_of(good.chip, good.layer, good.mapping);
      CHECK(plan.numbers() == 21);
      CHECK(plan.rule == rule);
    }
  }

  TEST_CASE("each fault of replicas is caught, under its name") {
    const GoodMapping good(replicated());
    for (const Mutation& mutation : mutations) {
      CAPTURE(mutation.what);
      Mapping broken = good.mapping;
      mutation.break_it(broken);
      REQUIRE(broken != good.mapping);
      const auto violations = good.check(broken);
      std::string kinds;
      for (const Violation& v : violations) {
        kinds += v.kind + "; ";
        CHECK(!(v.place.empty() || v.limit.empty() || v.value.empty() || v.remedy.empty()));
      }
      CAPTURE(kinds);
      CHECK(std::any_of(violations.begin(), violations.end(),
                        [&](const Violation& v) { return v.kind == mutation.kind; }));
    }
  }

  TEST_CASE("replicas share their expert's tokens, so that a memory is busy for its share alone") {
    const GoodMapping good(replicated());
    const CheckInput input{good.mapping, good.chip, good.layer};
    const std::vector<std::vector<std::int32_t>> tokens(6, {5, 16}); // expert 5 by thirds, the shared one by halves
    const Rates rates = rates_of(input, tokens);
    const double each = good.chip.synapse(hw::SynapseFormat::dense).latency.value;
    std::vector<double> expected(good.mapping.cores.size());
    for (const Slice& s : good.mapping.slices)
      if (s.expert == 5 || s.expert == 16)
        expected[static_cast<std::size_t>(s.core)] += each * s.rows * s.columns / (s.expert == 5 ? 3 : 2);
    for (std::size_t c = 0; c < expected.size(); ++c)
      CHECK(rates.cores[c] == doctest::Approx(expected[c]));
  }
}
