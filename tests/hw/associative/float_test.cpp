// Floating-point micro-programs against scalar arithmetic that is exact before it rounds once.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "description/document.hpp"
#include "hw/associative/bit_planes.hpp"
#include "hw/associative/micro_program.hpp"

using namespace moesaic;
using namespace moesaic::hw::associative;

namespace {

/// f bits of fraction, 15 - f of exponent, sign on top. Subnormals are zeros; tininess is seen before rounding.
struct Format {
  int f;
  int width() const { return 15 - f; }
  int bias() const { return (1 << (width() - 1)) - 1; }
  unsigned top() const { return (1u << width()) - 1; }
  unsigned infinity() const { return top() << f; }
  unsigned nan() const { return infinity() | 1u << (f - 1); }

  double value(unsigned bits) const {
    const double sign = bits & 0x8000 ? -1.0 : 1.0;
    const unsigned e = (bits & 0x7fff) >> f, m = bits & ((1u << f) - 1);
    if (e == 0)
      return sign * 0.0;
    if (e == top())
      return m ? std::nan("") : sign * INFINITY;
    return sign * std::ldexp(1.0 + std::ldexp(m, -f), static_cast<int>(e) - bias());
  }

  unsigned bits(double value) const {
    if (std::isnan(value))
      return nan();
    const unsigned sign = std::signbit(value) ? 0x8000 : 0;
    const double magnitude = std::abs(value);
    if (std::isinf(magnitude))
      return sign | infinity();
    int exponent = 0;
    std::frexp(magnitude, &exponent);
    if (magnitude == 0 || exponent - 1 < 1 - bias())
      return sign;
    const double scaled = std::ldexp(magnitude, f + 1 - exponent), whole = std::floor(scaled), rest = scaled - whole;
    const bool up = rest > 0.5 || (rest == 0.5 && std::fmod(whole, 2) == 1);
    const auto fraction = static_cast<unsigned>(whole) + (up ? 1u : 0u) - (1u << f);
    const unsigned result = (static_cast<unsigned>(exponent - 1 + bias()) << f) + fraction;
    return sign | std::min(result, infinity());
  }
};

struct Lanes {
  MicroLibrary library{catalog_folder("hw/associative/microcode")};
  BitPlanes planes{ArrayShape{16, 2048, 24, 2048}};
  std::vector<std::uint16_t> x, y, z;

  void run(const char* name, int target) {
    x.resize(2048), y.resize(2048), z.resize(2048);
    planes.store(1, x.data());
    planes.store(2, y.data());
    const MicroProgram* program = library.find(name);
    REQUIRE(program);
    planes.execute(library.expand(*program, {{target, 1, 2}, {}}, VectorPlan{}));
    planes.load(target, z.data());
  }
};

/// Operands near to one another, to the ends of the range, and anywhere.
std::vector<std::uint16_t> operands(const Format& format, std::uint64_t seed, std::vector<std::uint16_t>* second) {
  std::vector<std::uint16_t> x(2048);
  std::uint64_t state = seed * 2 + 1;
  const auto next = [&state] { return static_cast<unsigned>((state = state * 6364136223846793005ULL + 1442695040888963407ULL) >> 40); };
  const unsigned edges[] = {0, 0x8000, 1, 0x8001, 1u << format.f, 0x8000 | 1u << format.f, format.infinity() - 1,
                            format.infinity(), 0x8000 | format.infinity(), format.infinity() | 1, 0xffff,
                            static_cast<unsigned>(format.bias()) << format.f, (1u << format.f) + 1};
  constexpr std::size_t count = sizeof edges / sizeof *edges;
  second->resize(2048);
  for (std::size_t i = 0; i < 2048; ++i) {
    const unsigned a = next() & 0xffff;
    const unsigned close = (a & 0x7fff) + (next() & ((4u << format.f) - 1)) - (2u << format.f);
    x[i] = static_cast<std::uint16_t>(i < count * count ? edges[i / count] : a);
    (*second)[i] = static_cast<std::uint16_t>(i < count * count ? edges[i % count]
                                              : i % 2           ? next()
                                                                : (close & 0x7fff) | (next() & 0x8000));
  }
  return x;
}

void check(const char* name, const Format& format, double (*exact)(double, double), int target, std::uint64_t seed) {
  static Lanes lanes;
  lanes.x = operands(format, seed, &lanes.y);
  lanes.run(name, target);
  for (std::size_t i = 0; i < 2048; ++i) {
    const unsigned wanted = format.bits(exact(format.value(lanes.x[i]), format.value(lanes.y[i])));
    if (lanes.z[i] != wanted)
      RC_FAIL(std::string(name) + " of " + std::to_string(lanes.x[i]) + ", " + std::to_string(lanes.y[i]) + " is " +
              std::to_string(lanes.z[i]) + ", not " + std::to_string(wanted));
  }
}

double sum(double a, double b) { return a + b; }
double product(double a, double b) { return a * b; }

} // namespace

TEST_SUITE("property") {
  TEST_CASE("sums and products of binary16 and bfloat16 are rounded once, to nearest even, in every column") {
    const auto holds = [](const char* name, int f, double (*exact)(double, double)) {
      CHECK(rc::check(name, [=](std::uint64_t seed, bool in_place) { check(name, {f}, exact, in_place ? 1 : 0, seed); }));
    };
    // Double holds sums and products of 11 bits exactly; sums of far apart bfloat16 lose bits far below a half.
    holds("mul_f16", 10, product);
    holds("mul_bf16", 7, product);
    holds("add_f16", 10, sum);
    holds("add_bf16", 7, sum);
  }
}
