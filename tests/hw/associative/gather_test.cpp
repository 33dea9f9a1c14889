// Numbers of columns, and what gathers from many columns, on a whole core of 32,768.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "description/error.hpp"
#include "hw/associative/functional_core.hpp"
#include "tests/hw/associative/lanes.hpp"

using namespace moesaic;
using namespace moesaic::hw::associative;

namespace {

struct Core {
  Description description = read_description(Document::load(catalog_file("hw/catalog", "gemini1", "machine")));
  OperationSet operations{description, Corner::nominal};
  FunctionalCore core{operations};
  std::size_t columns = static_cast<std::size_t>(description.shape.columns);

  /// Vector 0 after the operation holds what `wanted` says of every column.
  template <class Wanted> bool gives(const char* name, const std::vector<int>& vectors,
                                     const std::vector<std::int64_t>& immediates, Wanted wanted) {
    core.run(name, vectors, immediates);
    const auto z = core.vector(0);
    for (std::size_t c = 0; c < columns; ++c)
      if (z[c] != static_cast<std::uint16_t>(wanted(c)))
        return false;
    return true;
  }
};

Core& core() {
  static Core core;
  return core;
}

std::vector<std::uint16_t> any_numbers(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint16_t> x(core().columns);
  for (auto& v : x)
    v = static_cast<std::uint16_t>(random() >> 20);
  return x;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("indices number the columns, their groups and the sub-groups of these") {
    Core& c = core();
    CHECK(c.gives("create_index_16", {0}, {}, [](std::size_t i) { return i; }));
    for (const std::size_t group : {1u, 16u, 1024u, 32768u}) {
      CHECK(c.gives("create_grp_index_u16", {0}, {static_cast<std::int64_t>(group)}, [&](std::size_t i) { return i / group; }));
      for (const std::size_t part : {1u, 8u, 1024u})
        CHECK(c.gives("create_subgrp_index_u16", {0}, {static_cast<std::int64_t>(group), static_cast<std::int64_t>(part)},
                      [&](std::size_t i) { return i % group / part; }));
    }
    CHECK_THROWS_WITH_AS(c.core.run("create_grp_index_u16", {0}, {100}), doctest::Contains("100 is no power of two"), InputError);
  }

  TEST_CASE("no micro-program may write the columns' numbers") {
    const MicroLibrary bad("operation f: writes what it must not\nbegin\n  index = 0\nend\n", "bad.micro");
    CHECK_THROWS_WITH_AS(bad.expand(*bad.find("f"), {{}, {}}, VectorPlan{}), "bad.micro:3:3: the columns' numbers are read only",
                         InputError);
  }

  TEST_CASE("measured cycles stand for an operation unless its description says by micro-program") {
    Core& c = core();
    const Ticks measured = c.operations.timing("create_grp_index_u16", {1024}).cc;
    CHECK(measured == 33 * ticks_per_cycle);
    const std::string file = catalog_file("hw/catalog", "gemini1", "machine"), key = "create_grp_index_u16: {";
    std::ifstream in(file);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto at = text.find(key);
    REQUIRE(at != std::string::npos);
    text.insert(at + key.size(), "cycles: by micro-program, ");
    Description own = read_description(Document::parse(text, "own.yaml"));
    const OperationSet operations(own, Corner::nominal);
    CHECK(operations.timing("create_grp_index_u16", {1024}).array == 12 * ticks_per_cycle);
    CHECK(operations.timing("create_grp_index_u16", {1024}).cc == c.operations.program_timing("create_grp_index_u16", {1024}).cc);
    own.measured.at("duplicate_subgrp_16").by_program = true;
    CHECK_THROWS_WITH_AS(OperationSet(own, Corner::nominal), "gemini1: operations.duplicate_subgrp_16: there is no micro-program of it", InputError);
  }
}

TEST_SUITE("property") {
  TEST_CASE("the control processor reads one column by its number, and marked ones from the first to the last") {
    Core& c = core();
    std::mt19937_64 random(5);
    const auto x = any_numbers(6);
    c.core.set_vector(1, x);
    for (int i = 0; i < 20; ++i) {
      const std::size_t column = i == 0 ? 0 : i == 1 ? c.columns - 1 : random() % c.columns;
      c.core.run("read_entry_16", {1}, {static_cast<std::int64_t>(column)});
      CHECK(c.core.planes().or_of_sections() == x[column]);
    }
    std::vector<std::uint16_t> marks(c.columns);
    std::vector<std::size_t> marked{0, 1, 2047, 2048, c.columns - 1};
    for (int i = 0; i < 10; ++i)
      marked.push_back(random() % c.columns);
    std::sort(marked.begin(), marked.end());
    marked.erase(std::unique(marked.begin(), marked.end()), marked.end());
    for (const std::size_t column : marked)
      marks[column] = 0x0028; // marker 3, and another that stays
    c.core.set_vector(VectorPlan{}.flags, marks);
    for (const std::size_t column : marked) {
      c.core.run("read_marked_16", {1}, {3});
      CHECK(c.core.planes().or_of_half_banks() == (x[column] ? 1u << column / 2048 : 0u));
      CHECK(c.core.planes().or_of_sections() == x[column]);
    }
    CHECK(c.core.count(3) == 0);
    CHECK(c.core.count(5) == static_cast<std::int64_t>(marked.size()));
    c.core.run("read_marked_16", {1}, {3});
    CHECK(c.core.planes().or_of_half_banks() == 0);
  }

  TEST_CASE("marks are counted by half-bank") {
    Core& c = core();
    std::mt19937_64 random(8);
    for (std::size_t bank = 0; bank < c.columns / 2048; ++bank) {
      std::vector<std::uint16_t> marks(c.columns);
      std::uint16_t wanted = 0;
      for (std::size_t i = bank * 2048; i < bank * 2048 + 2048; ++i)
        if (bank == 3 || (bank != 4 && random() % (bank + 1) == 0))
          marks[i] = 0x0010, ++wanted;
      c.core.set_vector(VectorPlan{}.flags, marks);
      c.core.run("count_banks_m", {}, {4});
      CHECK(c.core.planes().or_of_sections() == wanted);
      CHECK(c.core.planes().or_of_half_banks() == (wanted ? 1u << bank : 0u));
    }
  }

  TEST_CASE("sums over 1024, 2048 and 8192 columns are those of the host, modulo 65536, in all columns") {
    Core& c = core();
    for (std::uint64_t seed = 0; seed < 4; ++seed)
      for (const auto& [name, group] : {std::pair{"sum_1k_u16", 1024u}, {"sum_2k_u16", 2048u}, {"sum_8k_u16", 8192u}}) {
        const auto x = seed == 3 ? std::vector<std::uint16_t>(c.columns, 0xffff) : any_numbers(seed);
        std::vector<unsigned> sum(c.columns / group);
        for (std::size_t i = 0; i < x.size(); ++i)
          sum[i / group] += x[i];
        const int from = static_cast<int>(seed % 2); // in place, too
        c.core.set_vector(from, x);
        CAPTURE(name);
        CHECK(c.gives(name, {0, from}, {}, [&, group = group](std::size_t i) { return sum[i / group]; }));
      }
  }

  TEST_CASE("marks are counted: none, a single one in any half-bank, any, all but one") {
    Core& c = core();
    for (int way = 0; way < 5; ++way) {
      std::vector<std::uint16_t> flags(c.columns);
      const auto x = any_numbers(static_cast<std::uint64_t>(way));
      for (std::size_t i = 0; i < x.size(); ++i)
        flags[i] = way == 0 ? 0 : way == 1 ? (i == 23456 ? 8 : 0x10) : way == 2 ? x[i] : way == 3 ? (i == 5 ? 0 : 8) : (i < 3 * 2048 ? 8 : 7);
      c.core.set_vector(VectorPlan{}.flags, flags);
      const auto wanted = c.core.count(3);
      CHECK(c.gives("count_m_u16", {0}, {3}, [&](std::size_t) { return wanted; }));
    }
  }

  TEST_CASE("an entry of every 128 is spread over them, also in place") {
    Core& c = core();
    for (const std::size_t column : {0u, 1u, 64u, 127u})
      for (const int from : {0, 1}) {
        const auto x = any_numbers(column);
        c.core.set_vector(from, x);
        CHECK(c.gives("spread_entry_16_g128", {0, from}, {static_cast<std::int64_t>(column)},
                      [&](std::size_t i) { return x[i / 128 * 128 + column]; }));
      }
  }

  TEST_CASE("a look-up by search finds what the table has, and 0 beyond it; another table is another program") {
    Core& c = core();
    for (const unsigned entries : {1u, 37u, 256u}) {
      auto table = any_numbers(entries);
      table.resize(entries);
      c.core.set_table(table);
      auto x = any_numbers(7);
      for (auto& v : x)
        v &= 0xff;
      c.core.set_vector(0, x);
      CHECK(c.gives("lookup_entries_16", {0, 0}, {entries}, [&](std::size_t i) { return x[i] < entries ? table[x[i]] : 0; }));
    }
  }
}
