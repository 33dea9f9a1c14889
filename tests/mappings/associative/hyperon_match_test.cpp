#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "description/document.hpp"
#include "description/error.hpp"
#include "mappings/associative/hyperon/lookup.hpp"
#include "mappings/associative/hyperon/match_run.hpp"
#include "tests/workloads/hyperon_cases.hpp"
#include "workloads/hyperon/join.hpp"

using namespace moesaic;
using namespace moesaic::mappings::associative;
using namespace moesaic::workloads::hyperon;

namespace {

/// Gemini-I with narrower arrays and a smaller L1, so that small graphs fill several vectors, and some do not fit.
hw::associative::Description small_machine(int columns = 2048, int slots = 48) {
  auto d = hw::associative::read_description(Document::load(catalog_file("hw/catalog", "gemini1", "machine")));
  d.shape.columns = columns;
  d.l1_slots = slots;
  return d;
}

struct Found {
  MatchPlan plan;
  MatchProgram match;
  MatchAnswers answers;
};

Found run(const hw::associative::Description& d, const Space& space, const Query& query) {
  Found found;
  found.plan = plan_match(space, query);
  found.match = lower_match(d, space, query, found.plan, true);
  check(found.match.program, hw::associative::OperationSet(d, Corner::nominal));
  found.answers = run_match(d, space, found.plan, found.match);
  return found;
}

void require_right(const Found& found, const Space& space, const Query& query) {
  REQUIRE(found.plan.answers == Join(space, query).count());
  if (found.answers.counted)
    REQUIRE(found.answers.count == found.plan.answers);
  REQUIRE(found.answers.read == expected_reads(space, found.plan));
}

std::string reason(const Workload& workload, const char* text, const char* head = "") {
  const Space space = make_space(workload, 1);
  const Query query = query_on(workload, text, head);
  try {
    plan_match(space, query);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a graph of one triangle has one triangle, found by four searches and a count") {
    Workload workload = graph(8, 1);
    Space space = make_space(workload, 1);
    space.relations[0].facts = {0, 1, 0, 2, 1, 2, 3, 4};
    const Query query = query_on(workload, "(edge $x $y) (edge $y $z) (edge $x $z)");
    const auto d = small_machine();
    const Found found = run(d, space, query);
    CHECK(found.answers.counted);
    CHECK(found.answers.count == 1);
    CHECK(found.match.searches == 8); // each of the four edges once for y, once for z
    CHECK(count(found.match.program).operations.at("count_m_g32k") == 32);
  }

  TEST_CASE("what this way of matching does not reach is named") {
    const Workload workload = graph(20, 50, 5);
    CHECK(reason(workload, "(edge $x $y) (edge $y $x)").find("not supported") != std::string::npos);
    CHECK(reason(workload, "(edge $x $y) (edge $z $w)").find("not connected") != std::string::npos);
    CHECK(reason(workload, "(edge $a $b) (edge $b $c) (edge $c $d)", "$a").find("more than one variable") !=
          std::string::npos);
    CHECK(reason(workload, "(edge $x $y) (edge 1 2)").find("without variables") != std::string::npos);
  }

  TEST_CASE("answers are the same when the atoms do not fit in L1 and come through it tile by tile") {
    const Workload workload = graph(300, 20000);
    const Space space = make_space(workload, 4);
    const Query query = query_on(workload, "(edge 7 $y) (edge $y $z) (edge 7 $z)");
    const auto wide = small_machine(2048, 48), narrow = small_machine(2048, 3);
    const Found resident = run(wide, space, query), streamed = run(narrow, space, query);
    require_right(resident, space, query);
    require_right(streamed, space, query);
    CHECK(resident.match.program.resident_slots > 3);
    CHECK(streamed.match.program.resident_slots == 0);
    CHECK(count(streamed.match.program).bytes.at("l4_l1") > 0);
  }
}

TEST_SUITE("property") {
  TEST_CASE("look-ups for all bindings at once give the indexed join's answers") {
    CHECK(rc::check([] {
      Workload workload;
      workload.symbols = *rc::gen::inRange<Symbol>(2, 200);
      const auto function = [] { return static_cast<Function>(*rc::gen::inRange(0, 8)); };
      workload.relations = {{"args", Generator::random_tuples, *rc::gen::inRange<std::uint64_t>(1, 4000), 3},
                            {"f", Generator::table, 0, 2, 0, function()},
                            {"g", Generator::table, 0, 2, 0, function()},
                            {"root", Generator::table, 0, 2, 0, Function::square_root}};
      workload.relations[0].facts =
          std::min<std::uint64_t>(workload.relations[0].facts, std::uint64_t{workload.symbols} * workload.symbols);
      const Space space = make_space(workload, *rc::gen::arbitrary<std::uint32_t>());
      const std::vector<const char*> texts = {"(f $a $b $x) (g $x $c $y) (args $a $b $c)",
                                              "(args $a $b $c) (f $a $b $x) (g $x 1 $c)",
                                              "(args $a $b $c) (root $a $x) (f $x $c $y) (g $y $y2 $z) (root $b $y2)"};
      const Query query = query_on(workload, *rc::gen::elementOf(texts));
      const auto plan = plan_lookups(space, query);
      RC_ASSERT(plan.has_value());
      const auto d = small_machine();
      const Program program = lower_lookups(d, space, query, *plan);
      check(program, hw::associative::OperationSet(d, Corner::nominal));
      RC_ASSERT(run_lookups(d, space, *plan, program) == Join(space, query).count());
      RC_ASSERT(count_by_lookups(space, *plan) == Join(space, query).count());
    }));
  }

  TEST_CASE("the bit planes give the indexed join's answers, and read the tuples that it binds") {
    const std::vector<std::pair<const char*, const char*>> queries = {
        {"(edge 3 $y)", ""},
        {"(edge $x $y) (edge $y $z)", ""},
        {"(edge $x $y) (edge $y $z)", "$x $z"},
        {"(edge $x $y) (edge $y $z) (edge $x $z)", ""},
        {"(edge $x $y) (edge $x $z)", ""},
        {"(edge $x $y) (marked $y)", ""},
        {"(edge $x $y) (marked $x)", ""},
        {"(edge $x 2) (edge $x $y) (edge $y $z)", ""},
        {"(marked $g) (edge $g $a) (edge $a $b) (edge $g $b)", ""},
        {"(edge $a $b) (edge $b $c) (edge $c $d) (edge $d $a)", ""},
        {"(edge $a $b) (edge $a $c) (edge $a $d) (edge $b $c) (edge $b $d) (edge $c $d)", ""}};
    std::size_t next = 0;
    CHECK(rc::check([&] {
      const auto nodes = *rc::gen::element<Symbol>(5, 12, 60, 300, 70000);
      const auto edges = *rc::gen::inRange<std::uint64_t>(1, 20 + std::min<std::uint64_t>(nodes, 200));
      const Workload workload = graph(nodes, std::min<std::uint64_t>(edges, nodes * nodes), 1 + nodes / 40);
      const Space space = make_space(workload, *rc::gen::arbitrary<std::uint32_t>());
      const auto& [text, head] = queries[next++ % queries.size()];
      const Query query = query_on(workload, text, head);
      require_right(run(small_machine(), space, query), space, query);
    }));
  }
}
