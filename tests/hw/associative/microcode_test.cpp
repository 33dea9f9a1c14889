#include <doctest/doctest.h>

#include <random>

#include "description/document.hpp"
#include "hw/associative/bit_planes.hpp"
#include "hw/associative/micro_program.hpp"

using namespace moesaic;
using namespace moesaic::hw::associative;

namespace {

struct Bench {
  MicroLibrary library{catalog_folder("hw/associative/microcode")};
  BitPlanes planes{ArrayShape{16, 4096, 24, 2048}};
  std::vector<std::uint16_t> x, y, z;

  Bench() : x(4096), y(4096), z(4096) {
    std::mt19937_64 random(7);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<std::uint16_t>(random());
      y[i] = i % 5 == 0 ? x[i] : static_cast<std::uint16_t>(random());
      if (i % 7 == 0)
        x[i] = static_cast<std::uint16_t>(random() & 0xff),
        y[i] = static_cast<std::uint16_t>(random() & 0xff);
    }
    const std::uint16_t edges[] = {0, 1, 0x7fff, 0x8000, 0xffff};
    for (std::size_t i = 0; i < 25; ++i)
      x[i] = edges[i / 5], y[i] = edges[i % 5];
    planes.store(1, x.data());
    planes.store(2, y.data());
  }

  Microcode code(const char* name, std::vector<int> vectors, std::vector<std::int64_t> immediates = {}) {
    const MicroProgram* program = library.find(name);
    REQUIRE(program);
    return library.expand(*program, {std::move(vectors), std::move(immediates)}, VectorPlan{});
  }
  void run(const char* name, std::vector<int> vectors, std::vector<std::int64_t> immediates = {}) {
    planes.execute(code(name, std::move(vectors), std::move(immediates)));
    planes.load(0, z.data());
  }
  bool marked(int marker, std::size_t column) {
    return (planes.element(15, static_cast<int>(column)) >> marker) & 1;
  }
};

template <class Expected> void check_binary(const char* name, Expected expected) {
  Bench b;
  b.run(name, {0, 1, 2});
  for (std::size_t i = 0; i < b.x.size(); ++i)
    REQUIRE_MESSAGE(b.z[i] == static_cast<std::uint16_t>(expected(b.x[i], b.y[i])),
                    name << " of " << b.x[i] << ", " << b.y[i]);
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("arithmetic micro-programs agree with the host's arithmetic in every column") {
    check_binary("add_u16", [](unsigned a, unsigned b) { return a + b; });
    check_binary("add_s16", [](unsigned a, unsigned b) { return a + b; });
    check_binary("sub_s16", [](unsigned a, unsigned b) { return a - b; });
    check_binary("mul_u16", [](unsigned a, unsigned b) { return a * b; });
    check_binary("mul_s16", [](unsigned a, unsigned b) { return a * b; });
    check_binary("and_16", [](unsigned a, unsigned b) { return a & b; });
    check_binary("or_16", [](unsigned a, unsigned b) { return a | b; });
    check_binary("xor_16", [](unsigned a, unsigned b) { return a ^ b; });
  }

  TEST_CASE("add_u16 takes the published twelve instructions, mul_u16 about the published 85") {
    Bench b;
    CHECK(b.code("add_u16", {0, 1, 2}).instructions.size() == 12);
    CHECK(b.code("mul_u16", {0, 1, 2}).instructions.size() == 90);
  }

  TEST_CASE("wide products and sums keep every bit") {
    Bench b;
    b.run("low_s8", {3, 1});
    b.run("high_s8", {4, 1});
    b.run("mul_s8", {0, 3, 4});
    for (std::size_t i = 0; i < b.x.size(); ++i)
      REQUIRE(static_cast<std::int16_t>(b.z[i]) ==
              static_cast<std::int8_t>(b.x[i]) * static_cast<std::int8_t>(b.x[i] >> 8));
    b.run("mul_u32", {0, 3, 1, 2});
    std::vector<std::uint16_t> high(b.x.size());
    b.planes.load(3, high.data());
    for (std::size_t i = 0; i < b.x.size(); ++i)
      REQUIRE(((static_cast<std::uint32_t>(high[i]) << 16) | b.z[i]) ==
              static_cast<std::uint32_t>(b.x[i]) * b.y[i]);
    // 32 bits: y:x plus x, and 48 bits: x:y:x plus y:x.
    b.run("add_s32", {0, 3, 1, 2, 1});
    b.planes.load(3, high.data());
    for (std::size_t i = 0; i < b.x.size(); ++i) {
      const std::uint32_t sum = ((static_cast<std::uint32_t>(b.y[i]) << 16) | b.x[i]) +
                                static_cast<std::uint32_t>(std::int32_t{static_cast<std::int16_t>(b.x[i])});
      REQUIRE(((static_cast<std::uint32_t>(high[i]) << 16) | b.z[i]) == sum);
    }
    b.run("add_u48", {0, 3, 4, 1, 2, 1, 1, 2});
    std::vector<std::uint16_t> top(b.x.size());
    b.planes.load(3, high.data());
    b.planes.load(4, top.data());
    for (std::size_t i = 0; i < b.x.size(); ++i) {
      const std::uint64_t pair = (static_cast<std::uint64_t>(b.y[i]) << 16) | b.x[i];
      const std::uint64_t sum = ((static_cast<std::uint64_t>(b.x[i]) << 32) | pair) + pair;
      REQUIRE(((static_cast<std::uint64_t>(top[i]) << 32) | (static_cast<std::uint64_t>(high[i]) << 16) |
               b.z[i]) == (sum & 0xffffffffffff));
    }
  }

  TEST_CASE("carry, borrow and overflow go to their flags") {
    Bench b;
    b.run("add_s16", {0, 1, 2});
    for (std::size_t i = 0; i < b.x.size(); ++i) {
      const int sum = static_cast<std::int16_t>(b.x[i]) + static_cast<std::int16_t>(b.y[i]);
      CHECK(b.marked(0, i) == (b.x[i] + b.y[i] > 0xffff));
      CHECK(b.marked(15, i) == (sum < -32768 || sum > 32767));
    }
    b.run("sub_s16", {0, 1, 2});
    for (std::size_t i = 0; i < b.x.size(); ++i) {
      const int difference = static_cast<std::int16_t>(b.x[i]) - static_cast<std::int16_t>(b.y[i]);
      CHECK(b.marked(1, i) == (b.x[i] < b.y[i]));
      CHECK(b.marked(15, i) == (difference < -32768 || difference > 32767));
    }
    b.run("mul_u16", {0, 1, 2});
    for (std::size_t i = 0; i < b.x.size(); ++i)
      CHECK(b.marked(15, i) == (static_cast<unsigned>(b.x[i]) * b.y[i] > 0xffff));
  }

  TEST_CASE("an operation may write the vector it reads") {
    for (const char* name : {"add_u16", "mul_u16", "mul_s16", "sub_s16"}) {
      Bench b;
      b.run(name, {0, 1, 2});
      const auto apart = b.z;
      b.run(name, {1, 1, 2});
      std::vector<std::uint16_t> in_place(apart.size());
      b.planes.load(1, in_place.data());
      CHECK_MESSAGE(in_place == apart, name);
    }
  }

  TEST_CASE("one-vector operations") {
    Bench b;
    b.run("not_16", {0, 1});
    CHECK(b.z[3] == static_cast<std::uint16_t>(~b.x[3]));
    b.run("popcount_16", {0, 1});
    for (std::size_t i = 0; i < b.x.size(); ++i)
      REQUIRE(b.z[i] == __builtin_popcount(b.x[i]));
    for (int n : {0, 1, 8, 15}) {
      b.run("sr_imm_16", {0, 1}, {n});
      CHECK(b.z[9] == b.x[9] >> n);
      b.run("sl_imm_16", {0, 1}, {n});
      CHECK(b.z[9] == static_cast<std::uint16_t>(b.x[9] << n));
    }
    b.run("cpy_16_msk", {0, 1}, {0x00ff});
    CHECK(b.z[11] == (b.x[11] & 0xff));
    b.run("cpy_imm_16", {0}, {0x1234});
    CHECK(b.z == std::vector<std::uint16_t>(b.z.size(), 0x1234));
  }

  TEST_CASE("comparisons set their marker exactly where they hold") {
    Bench b;
    for (std::int64_t n : {0, 1, 255, 32768, 65535}) {
      b.run("lt_imm_u16", {1}, {n, 4});
      b.run("ge_imm_u16", {1}, {n, 5});
      b.run("le_imm_u16", {1}, {n, 6});
      b.run("eq_imm_16", {1}, {n, 7});
      b.run("search_16", {1}, {n, 0x0ff0, 8});
      b.run("lt_u16", {1, 2}, {9});
      b.run("eq_16", {1, 2}, {10});
      for (std::size_t i = 0; i < b.x.size(); ++i) {
        REQUIRE(b.marked(4, i) == (b.x[i] < n));
        REQUIRE(b.marked(5, i) == (b.x[i] >= n));
        REQUIRE(b.marked(6, i) == (b.x[i] <= n));
        REQUIRE(b.marked(7, i) == (b.x[i] == n));
        REQUIRE(b.marked(8, i) == ((b.x[i] & 0x0ff0) == (n & 0x0ff0)));
        REQUIRE(b.marked(9, i) == (b.x[i] < b.y[i]));
        REQUIRE(b.marked(10, i) == (b.x[i] == b.y[i]));
      }
    }
  }

  TEST_CASE("the extreme of the marked columns is found by search") {
    Bench b;
    b.run("lt_imm_u16", {1}, {40000, 4});
    b.run("mark_max_u16", {0, 1}, {5, 4});
    std::uint16_t largest = 0;
    for (const std::uint16_t v : b.x)
      if (v < 40000)
        largest = std::max(largest, v);
    for (std::size_t i = 0; i < b.x.size(); ++i) {
      REQUIRE(b.z[i] == largest);
      REQUIRE(b.marked(5, i) == (b.x[i] == largest));
    }
    b.run("ge_imm_u16", {1}, {300, 4});
    b.run("mark_min_u16", {0, 1}, {5, 4});
    std::uint16_t smallest = 65535;
    for (const std::uint16_t v : b.x)
      if (v >= 300)
        smallest = std::min(smallest, v);
    for (std::size_t i = 0; i < b.x.size(); ++i) {
      REQUIRE(b.z[i] == smallest);
      REQUIRE(b.marked(5, i) == (b.x[i] == smallest));
    }
  }

  TEST_CASE("marked copies and sums leave unmarked columns alone") {
    Bench b;
    b.run("lt_u16", {1, 2}, {4});
    b.run("cpy_16", {0, 2});
    b.run("cpy_16_msk_mrk", {0, 1}, {0x0f0f, 4});
    for (std::size_t i = 0; i < b.x.size(); ++i)
      REQUIRE(b.z[i] == (b.x[i] < b.y[i] ? (b.x[i] & 0x0f0f) | (b.y[i] & 0xf0f0) : b.y[i]));
    b.run("add_imm_u16_mrk", {0, 1}, {777, 4});
    for (std::size_t i = 0; i < b.x.size(); ++i)
      REQUIRE(b.z[i] == static_cast<std::uint16_t>(b.x[i] + (b.x[i] < b.y[i] ? 777 : 0)));
    b.run("cpy_imm_16_mrk", {0}, {99, 4});
    for (std::size_t i = 0; i < b.x.size(); ++i)
      REQUIRE((b.x[i] >= b.y[i] || b.z[i] == 99));
  }
}
