// Every way we know of breaking a good mapping is caught, under its own name.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "tests/mappings/check/good_mapping.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

struct Mutation {
  const char* what;
  const char* kind; ///< of a violation that must be among those found
  std::function<void(Mapping&, const GoodMapping&)> break_it;
};

Slice& slice_of(Mapping& m, std::int32_t expert, Projection projection) {
  for (Slice& s : m.slices)
    if (s.expert == expert && s.projection == static_cast<std::int32_t>(projection))
      return s;
  FAIL("no slice");
  return m.slices.front();
}

Send& send_of(Mapping& m, std::int32_t core) {
  for (Send& s : m.sends)
    if (s.core == core)
      return s;
  FAIL("no send");
  return m.sends.front();
}

MappedCore& at(Mapping& m, const std::string& population) {
  return m.cores[static_cast<std::size_t>(core_of(m, population))];
}

std::vector<Member>::iterator member_of(Mapping& m, std::int32_t group) {
  return std::find_if(m.members.begin(), m.members.end(), [&](const Member& x) { return x.group == group; });
}

template <class T> void remove(std::vector<T>& list, const T& one) {
  list.erase(list.begin() + (&one - list.data()));
}

#define MUTATION [](Mapping & m, [[maybe_unused]] const GoodMapping& good)

const std::vector<Mutation> mutations = {
    // Places.
    {"a chip beyond the grid", "no such chip", MUTATION{m.cores[5].chip = 6;
} // namespace
}
, {"a chip far beyond", "no such chip", MUTATION{m.cores[5].chip = 2147483647;
}
}
, {"a core beyond the chip", "no such core", MUTATION{m.cores[5].core = good.chip.cores;
}
}
, {"two populations on one core", "core used twice",
   MUTATION{m.cores[7].chip = m.cores[3].chip, m.cores[7].core = m.cores[3].core;
}
}
, {"a grid larger than a system", "chips", MUTATION{m.chips_across = 1153, m.chips_down = 1;
}
}
, {"a grid cut short", "no such chip", MUTATION{m.chips_down = 1;
}
}
,
    // Capacities, each by one.
    {"memory off by one", "core memory",
     MUTATION{at(m, "gate_up 1").bytes = static_cast<std::int32_t>(good.chip.memory.size.value) + 1;
}
}
, {"one neuron too many", "neurons",
   MUTATION{at(m, "sources").neurons = static_cast<std::int32_t>(good.chip.memory.neurons.value) + 1;
}
}
, {"one axon in too many", "fan-in",
   MUTATION{at(m, "router").fan_in = static_cast<std::int32_t>(good.chip.memory.fan_in.value) + 1;
}
}
, {"one axon out too many", "fan-out",
   MUTATION{at(m, "router").fan_out = static_cast<std::int32_t>(good.chip.memory.fan_out.value) + 1;
}
}
, {"weights of 9 bit", "weight precision", MUTATION{m.slices[3].bits = 9;
}
}
, {"weights of 0 bit", "weight precision", MUTATION{m.slices[3].bits = 0;
}
}
, {"fewer bytes stated than the weights take", "memory statement", MUTATION{at(m, "down 2").bytes = 1;
}
}
,
    // Weights.
    {"a duplicate slice", "weights twice", MUTATION{m.slices.push_back(m.slices[4]);
}
}
, {"a missing gate slice", "weights missing", MUTATION{remove(m.slices, slice_of(m, 1, Projection::gate));
}
}
, {"a missing up slice", "weights missing", MUTATION{remove(m.slices, slice_of(m, 1, Projection::up));
}
}
, {"a missing down slice", "weights missing", MUTATION{remove(m.slices, slice_of(m, 1, Projection::down));
}
}
, {"a slice one row short", "weights missing", MUTATION{--m.slices[2].rows;
}
}
, {"a slice one column short", "weights missing", MUTATION{--m.slices[2].columns;
}
}
, {"a slice one column too wide", "weights twice", MUTATION{++slice_of(m, 1, Projection::down).columns;
}
}
, {"a slice shifted by a row", "slice outside the matrix", MUTATION{++m.slices[2].first_row;
}
}
, {"a slice shifted by a column", "slice on a wrong core", MUTATION{++m.slices[2].first_column;
}
}
, {"a slice far outside", "slice outside the matrix", MUTATION{m.slices[2].first_column = 2147483647;
}
}
, {"a slice on the neighbour core", "slice on a wrong core", MUTATION{++slice_of(m, 0, Projection::gate).core;
}
}
, {"a slice on the hub", "slice on a wrong core", MUTATION{m.slices[0].core = core_of(m, "router");
}
}
, {"a gate slice called up", "weights twice", MUTATION{slice_of(m, 2, Projection::gate).projection = 1;
}
}
, {"swapped experts", "slice on a wrong core",
   MUTATION{std::swap(slice_of(m, 0, Projection::down).core, slice_of(m, 1, Projection::down).core);
}
}
, {"swapped slices of one expert", "slice on a wrong core",
   MUTATION{Slice& a = slice_of(m, 0, Projection::down);
std::swap(a.core, (&a + 1)->core);
}
}
, {"a slice given to another expert", "weights missing", MUTATION{slice_of(m, 3, Projection::down).expert = 2;
}
}
, {"a stale replica", "stale replica", MUTATION{m.slices.push_back(m.slices[0]), m.slices.back().replica = 1;
}
}
, {"a replica stated but not placed", "weights missing", MUTATION{m.replicas[2] = 2;
}
}
, {"an expert without replicas", "replicas", MUTATION{m.replicas[2] = 0;
}
}
, {"an expert too many", "experts", MUTATION{m.replicas.push_back(1);
}
}
,
    // Flow.
    {"a core's neurons shifted", "neurons missing",
     MUTATION{++m.cores[static_cast<std::size_t>(core_of(m, "gate_up 1")) + 1].first_neuron;
}
}
, {"a core's neurons overlapping", "neurons twice",
   MUTATION{--m.cores[static_cast<std::size_t>(core_of(m, "gate_up 1")) + 1].first_neuron;
}
}
, {"a core without neurons", "output twice", MUTATION{at(m, "down 1").neurons = 0;
}
}
, {"a core moved to another population", "neurons missing",
   MUTATION{m.cores[static_cast<std::size_t>(core_of(m, "down 1")) + 1].population =
                at(m, "down 2").population;
}
}
, {"a population that nobody holds", "population without cores",
   MUTATION{m.populations.push_back({"ghost", 0, -1});
}
}
, {"a send dropped", "output lost", MUTATION{remove(m.sends, send_of(m, core_of(m, "gate_up 2")));
}
}
, {"a send twice", "output twice", MUTATION{m.sends.push_back(send_of(m, core_of(m, "gate_up 2")));
}
}
, {"one message less", "output lost", MUTATION{--send_of(m, core_of(m, "down 2")).messages;
}
}
, {"one message more", "output twice", MUTATION{++send_of(m, core_of(m, "sources")).messages;
}
}
, {"a send to the next group", "input missing", MUTATION{++send_of(m, core_of(m, "down 0")).group;
}
}
, {"a send to another expert", "input of another expert",
   MUTATION{send_of(m, core_of(m, "gate_up 0")).group = send_of(m, core_of(m, "gate_up 1")).group;
}
}
, {"a send at another expert's time", "sends at wrong times",
   MUTATION{++send_of(m, core_of(m, "gate_up 0")).when;
}
}
, {"an expert that sends for every token", "sends at wrong times",
   MUTATION{send_of(m, core_of(m, "down 0")).when = 0;
}
}
, {"a member missing from its group", "input missing",
   MUTATION{m.members.erase(member_of(m, send_of(m, core_of(m, "gate_up 1")).group));
}
}
, {"a member twice in its group", "counted twice",
   MUTATION{const auto member = member_of(m, send_of(m, core_of(m, "gate_up 1")).group);
m.members.insert(member, *member);
}
}
, {"a foreign member in a group", "input twice",
   MUTATION{const auto member = member_of(m, send_of(m, core_of(m, "down 0")).group);
m.members.insert(member, {member->group, core_of(m, "combine") + 1});
}
}
, {"a group emptied", "output lost",
   MUTATION{const std::int32_t group = send_of(m, core_of(m, "down 0")).group;
m.members.erase(std::remove_if(m.members.begin(), m.members.end(),
                               [&](const Member& x) { return x.group == group; }),
                m.members.end());
if (m.members.back().group < group)
  m.members.push_back({group + 1, 0});
}
}
, {"fan-in misstated", "input twice", MUTATION{--at(m, "down 0").fan_in;
}
}
, {"fan-out misstated", "fan-out statement", MUTATION{++at(m, "down 0").fan_out;
}
}
, {"the router left out of the hidden state", "input missing",
   MUTATION{const std::int32_t router = core_of(m, "router");
m.members.erase(std::find_if(m.members.begin(), m.members.end(),
                             [&](const Member& x) { return x.core == router; }));
}
}
,
}
;

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("each of the mutations is caught, under its name, with place, limit, value and remedy") {
    const GoodMapping good;
    REQUIRE(good.check(good.mapping).empty());
    CHECK(mutations.size() >= 40);
    for (const Mutation& mutation : mutations) {
      CAPTURE(mutation.what);
      Mapping broken = good.mapping;
      mutation.break_it(broken, good);
      REQUIRE(broken != good.mapping);
      const auto violations = good.check(broken);
      std::string kinds;
      for (const Violation& v : violations) {
        kinds += v.kind + "; ";
        CHECK(!v.place.empty());
        CHECK(!v.limit.empty());
        CHECK(!v.value.empty());
        CHECK(!v.remedy.empty());
      }
      CAPTURE(kinds);
      CHECK(std::any_of(violations.begin(), violations.end(),
                        [&](const Violation& v) { return v.kind == mutation.kind; }));
    }
  }

  TEST_CASE("a million replicas stated and none of them placed: one violation, at once") {
    const GoodMapping good;
    Mapping broken = good.mapping;
    broken.replicas[2] = 1 << 20;
    const auto violations = good.check(broken);
    CHECK(violations.size() < 10);
    CHECK(std::any_of(violations.begin(), violations.end(), [](const Violation& v) {
      return v.kind == "weights missing" && v.place == "expert 2" && v.value == "no slice of 1048575 of them";
    }));
  }

  TEST_CASE("amounts are exact") {
    const GoodMapping good;
    Mapping broken = good.mapping;
    broken.cores[4].bytes = 196608 + 17;
    const auto violations = good.check(broken);
    REQUIRE(violations.size() == 1);
    CHECK(violations[0].limit == "at most 196608 B");
    CHECK(violations[0].value == "196625 B, 17 too many");
  }
}
