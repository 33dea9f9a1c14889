// Properties of the micro-programs against scalar arithmetic, on any values.
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

#include "tests/hw/associative/lanes.hpp"

using namespace moesaic::hw::associative;

namespace {

std::int16_t s16(unsigned v) { return static_cast<std::int16_t>(v); }
std::int8_t s8(unsigned v) { return static_cast<std::int8_t>(v); }

/// x, y in vectors 1 and 2; a third in 3.
struct Operands3 {
  Lanes lanes;
  std::vector<std::uint16_t> x, y, a;
  explicit Operands3(std::uint64_t seed)
      : x(numbers(2 * seed)), y(numbers(2 * seed + 1)), a(numbers(2 * seed + 2)) {
    lanes.set(1, x), lanes.set(2, y), lanes.set(3, a);
  }
};

/// Where `test` is false, the case fails with the operation's name and the column.
template <class Test> void every_column(const char* name, Test test) {
  for (std::size_t i = 0; i < Lanes::columns; ++i)
    if (!test(i))
      RC_FAIL(std::string(name) + ", column " + std::to_string(i));
}

template <class Expected> void elementwise(const char* name, std::uint64_t seed, Expected expected) {
  Operands3 o(seed);
  for (const int target : {0, 1}) {
    o.lanes.run(name, {target, 1, 2});
    const auto z = o.lanes.get(target);
    every_column(name, [&](std::size_t i) { return z[i] == static_cast<std::uint16_t>(expected(o.x[i], o.y[i])); });
  }
}

int ternary(unsigned p, unsigned n, int bit) { return int((p >> bit) & 1) - int((n >> bit) & 1); }

} // namespace

TEST_SUITE("property") {
  TEST_CASE("bytes, differences and comparisons") {
    CHECK(rc::check("elementwise", [](std::uint16_t seed) {
      elementwise("add_u8", seed, [](unsigned x, unsigned y) { return ((x + y) & 0xff) | ((x & 0xff00) + (y & 0xff00)); });
      elementwise("sub_u8", seed, [](unsigned x, unsigned y) { return ((x - y) & 0xff) | ((x & 0xff00) - (y & 0xff00)); });
      elementwise("sub_u16", seed, [](unsigned x, unsigned y) { return x - y; });
      elementwise("mul_u8", seed, [](unsigned x, unsigned y) { return (x & 0xff) * (y & 0xff); });
      Operands3 o(seed);
      o.lanes.run("lt_s16", {1, 2}, {4});
      every_column("lt_s16", [&](std::size_t i) { return o.lanes.marked(4, i) == (s16(o.x[i]) < s16(o.y[i])); });
    }));
  }

  TEST_CASE("products of binary and ternary vectors") {
    CHECK(rc::check("low bits", [](std::uint16_t seed) {
      Operands3 o(seed);
      o.lanes.run("binary_mac_16", {0, 3, 1, 2});
      auto z = o.lanes.get(0);
      every_column("binary_mac_16", [&](std::size_t i) {
        return z[i] == static_cast<std::uint16_t>(o.a[i] + 16 - __builtin_popcount(o.x[i] ^ o.y[i]));
      });
      // Positive and negative parts that do not meet: x and y split by a.
      std::vector<std::uint16_t> parts[4];
      for (std::size_t i = 0; i < Lanes::columns; ++i) {
        const unsigned a = o.a[i], x = o.x[i], y = o.y[i], split[] = {x & a, x & ~a, y & a, y & ~a};
        for (int p = 0; p < 4; ++p)
          parts[p].push_back(static_cast<std::uint16_t>(split[p]));
      }
      for (int p = 0; p < 4; ++p)
        o.lanes.set(4 + p, parts[p]);
      o.lanes.run("ternary_mac_16", {0, 3, 4, 5, 6, 7});
      z = o.lanes.get(0);
      every_column("ternary_mac_16", [&](std::size_t i) {
        int dot = 0;
        for (int bit = 0; bit < 16; ++bit)
          dot += ternary(parts[0][i], parts[1][i], bit) * ternary(parts[2][i], parts[3][i], bit);
        return z[i] == static_cast<std::uint16_t>(o.a[i] + dot);
      });
      o.lanes.run("add_ternary_s16", {0, 3, 1, 2});
      z = o.lanes.get(0);
      every_column("add_ternary_s16", [&](std::size_t i) {
        const int w = o.y[i] & 1 ? (o.y[i] & 2 ? -1 : 1) : 0;
        return z[i] == static_cast<std::uint16_t>(o.a[i] + w * s16(o.x[i]));
      });
    }));
  }

  TEST_CASE("sums and moves across columns") {
    CHECK(rc::check("columns", [](std::uint16_t seed) {
      Operands3 o(seed);
      const int g = seed % 8, n = seed % 300;
      const std::size_t group = std::size_t{1} << g;
      o.lanes.run("sum_group_u16", {0, 1}, {g});
      const auto sums = o.lanes.get(0);
      o.lanes.run("low_s8", {4, 1});
      o.lanes.run("low_s8", {5, 2});
      o.lanes.run("dot_s8", {6, 7, 4, 5}, {g});
      const auto low = o.lanes.get(6), high = o.lanes.get(7);
      for (std::size_t first = 0; first < Lanes::columns; first += group) {
        std::uint16_t sum = 0;
        std::int32_t dot = 0;
        for (std::size_t i = first; i < first + group; ++i)
          sum = static_cast<std::uint16_t>(sum + o.x[i]), dot += s8(o.x[i]) * s8(o.y[i]);
        RC_ASSERT(sums[first] == sum);
        RC_ASSERT(static_cast<std::int32_t>(std::uint32_t{high[first]} << 16 | low[first]) == dot);
      }
      o.lanes.run("move_up_16", {0, 1}, {n});
      o.lanes.run("move_down_16", {4, 1}, {n});
      const auto up = o.lanes.get(0), down = o.lanes.get(4);
      every_column("moves", [&](std::size_t i) {
        const auto at = [&](std::size_t c) { return c / 2048 == i / 2048 ? o.x[c] : 0; }; // not from another half-bank
        return up[i] == at(i - std::size_t(n)) && down[i] == at(i + std::size_t(n));
      });
    }));
  }

  TEST_CASE("the value of the marked column reaches its whole group") {
    CHECK(rc::check("spread", [](std::uint16_t seed) {
      Operands3 o(seed);
      const std::pair<const char*, std::size_t> spreads[] = {{"spread_m_16_g16", 16}, {"spread_m_16_g256", 256}, {"spread_m_16_g2k", 2048}};
      for (const auto& [name, group] : spreads) {
        std::vector<std::uint16_t> marks(Lanes::columns);
        for (std::size_t first = 0; first < Lanes::columns; first += group)
          marks[first + (seed * 7 + first) % group] = 1 << 5;
        o.lanes.set(VectorPlan{}.flags, marks);
        o.lanes.run(name, {0, 1}, {5});
        const auto z = o.lanes.get(0);
        every_column(name, [&, size = group](std::size_t i) {
          const std::size_t first = i / size * size;
          return z[i] == o.x[first + (seed * 7 + first) % size];
        });
      }
    }));
  }
}
