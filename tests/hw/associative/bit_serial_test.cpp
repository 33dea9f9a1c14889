// Bit-serial operations: values against scalar arithmetic, steps against the published formulas.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <random>

#include "description/document.hpp"
#include "description/error.hpp"
#include "hw/associative/bit_serial.hpp"
#include "hw/associative/search_array.hpp"

using namespace moesaic;
using namespace moesaic::hw::associative;

namespace {

using Values = std::vector<std::uint64_t>;
constexpr int lanes = 256;

BitSerialDescription machine(const char* name) {
  return read_bit_serial(Document::load(catalog_file("hw/catalog", name, "machine")));
}

/// Registers 0 z, 1 x, 2 y, 3 a mask.
struct Bench {
  BitSerialDescription d;
  int bits;
  SearchArray array;
  Values z, x, y, m;
  Bench(const char* name, int width, std::uint64_t seed)
      : d(machine(name)), bits(width), array(d.registers, width, lanes) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < lanes; ++i) {
      for (Values* v : {&z, &x, &y, &m})
        v->push_back(random() & mask());
      if (i % 3 == 0)
        y.back() = x.back();
    }
    array.store(0, z), array.store(1, x), array.store(2, y), array.store(3, m);
  }
  std::uint64_t mask() const { return bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1; }
  std::int64_t signed_value(std::uint64_t v) const { return static_cast<std::int64_t>(v << (64 - bits)) >> (64 - bits); }
  std::uint64_t run(const char* name, const std::vector<int>& rows, const std::vector<std::int64_t>& immediates = {}) {
    const SearchProgram* program = d.operations.find(name);
    REQUIRE_MESSAGE(program, name);
    return array.execute(SearchLibrary::expand(*program, rows, immediates, bits, array.first_flag()));
  }
  template <class Expected> void holds(const char* name, const std::vector<int>& rows, Expected expected) {
    array.store(0, z);
    run(name, rows);
    const Values result = array.load(0);
    for (std::size_t i = 0; i < lanes; ++i)
      if (result[i] != (expected(z[i], x[i], y[i]) & mask()))
        RC_FAIL(std::string(name) + ", lane " + std::to_string(i));
  }
};

} // namespace

TEST_SUITE("property") {
  TEST_CASE("CAPE's operations compute what they say, at any width") {
    CHECK(rc::check("cape", [](std::uint32_t seed) {
      using U = std::uint64_t;
      Bench b("cape", 2 + int(seed % 31), seed);
      b.holds("vadd", {0, 1}, [](U z, U x, U) { return z + x; });
      b.holds("vsub", {0, 1}, [](U z, U x, U) { return z - x; });
      b.holds("vmul", {0, 1, 2}, [](U, U x, U y) { return x * y; });
      b.holds("vand", {0, 1, 2}, [](U, U x, U y) { return x & y; });
      b.holds("vor", {0, 1, 2}, [](U, U x, U y) { return x | y; });
      b.holds("vxor", {0, 1, 2}, [](U, U x, U y) { return x ^ y; });
      const Values m = b.m;
      b.run("vmerge", {0, 1, 2, 3});
      const Values merged = b.array.load(0);
      b.run("vmseq_vv", {0, 1, 2});
      b.run("vmslt", {3, 1, 2});
      const Values equal = b.array.load(0), less = b.array.load(3);
      const U scalar = b.x[seed % lanes];
      b.run("vmseq_vx", {0, 1}, {static_cast<std::int64_t>(scalar)});
      const Values same = b.array.load(0);
      U sum = 0;
      for (std::size_t i = 0; i < lanes; ++i) {
        RC_ASSERT(merged[i] == (m[i] & 1 ? b.x[i] : b.y[i]));
        RC_ASSERT((equal[i] & 1) == U(b.x[i] == b.y[i]));
        RC_ASSERT((same[i] & 1) == U(b.x[i] == scalar));
        RC_ASSERT((less[i] & 1) == U(b.signed_value(b.x[i]) < b.signed_value(b.y[i])));
        sum += b.x[i];
      }
      RC_ASSERT(b.run("vredsum", {1}) == sum);
    }));
  }

  TEST_CASE("Neural Cache's sums and products, also one after the other") {
    CHECK(rc::check("neural-cache", [](std::uint32_t seed) {
      using U = std::uint64_t;
      Bench b("neural-cache", 2 + int(seed % 31), seed);
      b.run("multiply", {0, 3, 1, 2});
      const Values low = b.array.load(0), high = b.array.load(3);
      for (std::size_t i = 0; i < lanes; ++i)
        RC_ASSERT((high[i] << b.bits | low[i]) == b.x[i] * b.y[i]);
      b.holds("add", {0, 1, 2}, [](U, U x, U y) { return x + y; });
    }));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("steps: as published where the micro-program is known, else counted by hand") {
    const BitSerialDescription cape = machine("cape"), cache = machine("neural-cache");
    for (const int n : {4, 8, 16, 32}) {
      const auto steps = [n](const BitSerialDescription& d, const char* name) { return int(d.steps(name, n).size()); };
      CHECK(steps(cape, "vredsum") == n);
      CHECK(steps(cape, "vand") == 3);
      CHECK(steps(cape, "vor") == 3);
      CHECK(steps(cape, "vxor") == 4);
      CHECK(steps(cape, "vmerge") == 4);
      CHECK(steps(cape, "vmseq_vv") == n + 4);
      CHECK(steps(cape, "vadd") == 8 * n + 1);
      CHECK(steps(cape, "vmul") == 4 * n * n - 3 * n + 2);
      CHECK(steps(cache, "add") == n + 1);
      CHECK(steps(cache, "multiply") == n * n + 4 * n);
    }
  }

  TEST_CASE("energy follows the steps: a compute cycle of 256 lanes, or an operation's own at full width") {
    CHECK(machine("neural-cache").lane_energy("add", 8).value == doctest::Approx(9 * 15.4e-12 / 256));
    CHECK(machine("cape").lane_energy("vadd", 32).value == doctest::Approx(8.4e-12));
    CHECK(machine("cape").lane_energy("vadd", 8).value == doctest::Approx(8.4e-12 * 65 / 257));
  }

  TEST_CASE("a wrong operation is an error with its place") {
    const auto message = [](const char* body) -> std::string {
      try {
        const SearchLibrary library(std::string("operation f\nwrites z\nreads x\nbegin\n") + body + "end\n", "t.search");
        SearchLibrary::expand(*library.find("f"), {0, 1}, {}, 8, 4);
      } catch (const InputError& e) {
        return e.what();
      }
      return "no error";
    };
    CHECK(message(" search y=1\n") == "t.search:5:9: unknown register 'y'");
    CHECK(message(" serch x=1\n") == "t.search:5:2: unknown step 'serch', did you mean 'search'?");
    CHECK(message(" search x[8]=1\n") == "t.search:5:9: there is no bit 8: numbers have 8");
    CHECK(message(" search x=1\n update z[0]=1\n").find("t.search:6:2: ") == 0);
    CHECK(message(" search x=1\n more x[1]=0\n").find("t.search:6:2: ") == 0);
    CHECK(message(" search x=1 x=0 z=1 z=0 x=1\n").find("at most four rows") != std::string::npos);
  }
}
