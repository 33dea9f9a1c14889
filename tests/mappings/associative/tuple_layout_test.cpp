#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>

#include "mappings/associative/hyperon/tuple_layout.hpp"
#include "workloads/hyperon/generate.hpp"

using namespace moesaic;
using namespace moesaic::mappings::associative;
using namespace moesaic::workloads::hyperon;

TEST_SUITE("unit") {
  TEST_CASE("edges between 250,000 vertices take 36 bits in three words, between 200 one word") {
    const TupleLayout vertices = tuple_layout(250000, 2);
    CHECK(vertices.words == 3);
    CHECK(vertices.words_of({0}) == std::vector<int>{0, 2});
    CHECK(tuple_layout(200, 2).words == 1);
    CHECK(tuple_layout(50000, 2).words == 2);
    CHECK(tuple_layout(65536, 2).words == 3); // 65,536 codes are all taken: one bit more tells empty columns apart
  }
}

TEST_SUITE("property") {
  TEST_CASE("a tuple comes back from its words, and no tuple's field is all ones") {
    CHECK(rc::check([] {
      const auto symbols = *rc::gen::inRange<Symbol>(2, 1 << 24);
      const auto arity = *rc::gen::inRange(1, 5);
      const TupleLayout layout = tuple_layout(symbols, arity);
      std::vector<Symbol> fact;
      for (int f = 0; f < arity; ++f)
        fact.push_back(*rc::gen::inRange<Symbol>(0, symbols));
      std::vector<std::uint16_t> words;
      for (int w = 0; w < layout.words; ++w)
        words.push_back(layout.word_of(fact.data(), w));
      for (int f = 0; f < arity; ++f) {
        RC_ASSERT(layout.decode(f, words) == fact[static_cast<std::size_t>(f)]);
        RC_ASSERT(layout.decode(f, std::vector<std::uint16_t>(words.size(), 0xffff)) >= symbols);
      }
    }));
  }

  TEST_CASE("every fact has a column of its own; equal fields stand side by side in a half-bank, behind one start") {
    CHECK(rc::check([] {
      const auto symbols = *rc::gen::inRange<Symbol>(2, 60);
      RelationPlan plan{"r", Generator::random_pairs, *rc::gen::inRange<std::uint64_t>(1, 5000)};
      const Relation relation = generate(plan, symbols, *rc::gen::arbitrary<std::uint32_t>());
      const hw::associative::ArrayShape shape{16, *rc::gen::element(2048, 6144), 24, 2048};
      const int parts = *rc::gen::element(1, 2, 4);
      const bool runs = *rc::gen::arbitrary<bool>();
      const Placement p = runs ? place_runs(relation, shape, parts, 1) : place_facts(relation, shape, parts);
      const std::set<std::uint32_t> places(p.position.begin(), p.position.end());
      RC_ASSERT(places.size() == relation.size());
      RC_ASSERT(std::int64_t{*places.rbegin()} < p.columns * p.groups * parts);
      if (!runs)
        return;
      std::set<Symbol> begun;
      for (std::size_t i = 0; i < relation.size(); ++i) {
        const bool start = p.starts[p.position[i]];
        if (start)
          RC_ASSERT(begun.insert(relation.row(i)[1]).second);
        else
          RC_ASSERT((p.position[i] % 2048 != 0 && places.count(p.position[i] - 1) == 1)); // marks do not leave a half-bank
      }
      std::set<Symbol> values;
      for (std::size_t i = 0; i < relation.size(); ++i)
        values.insert(relation.row(i)[1]);
      RC_ASSERT(begun == values);
    }));
  }
}
