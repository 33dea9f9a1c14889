// The circuit kernel, compiled once per instruction set: RUN_CIRCUIT names the version; where TERNARY is defined, the host has
// an instruction for tables of three inputs. Everything here has internal linkage, as in block_kernel_body.hpp.
#include <cstring>
#include <utility>

#include "hw/associative/circuit_kernel.hpp"

#pragma GCC diagnostic ignored "-Wpsabi" // no vector is handed on outside of this file

namespace moesaic::hw::associative {

namespace {

using Lane = std::uint64_t __attribute__((vector_size(64)));
constexpr int lanes = circuit_words / 8;

inline Lane load(const std::uint64_t* from, int i) {
  Lane lane;
  std::memcpy(&lane, from + 8 * i, sizeof lane);
  return lane;
}

inline void store(std::uint64_t* to, int i, const Lane& lane) { std::memcpy(to + 8 * i, &lane, sizeof lane); }

#ifndef TERNARY
/// Bit 2 b + c of the table.
template <unsigned Table> inline Lane two(Lane b, Lane c) {
  Lane sum = b ^ b;
  if constexpr ((Table & 1) != 0)
    sum |= ~(b | c);
  if constexpr ((Table & 2) != 0)
    sum |= ~b & c;
  if constexpr ((Table & 4) != 0)
    sum |= b & ~c;
  if constexpr ((Table & 8) != 0)
    sum |= b & c;
  return sum;
}

template <unsigned Table> inline Lane ternary(Lane a, Lane b, Lane c) {
  if constexpr (Table == 0x96)
    return a ^ b ^ c;
  else if constexpr (Table == 0xe8)
    return (a & b) | (c & (a ^ b));
  else if constexpr ((Table >> 4) == (Table & 15))
    return two<(Table & 15)>(b, c);
  else
    return (a & two<(Table >> 4)>(b, c)) | (~a & two<(Table & 15)>(b, c));
}
#define TERNARY(table, a, b, c) ternary<table>(a, b, c)
#endif

using Steps = void (*)(const CircuitStep* step, const CircuitStep* end, std::uint64_t* const* at);

template <unsigned Table> void table_steps(const CircuitStep* step, const CircuitStep* end, std::uint64_t* const* at) {
  for (; step != end; ++step) {
    const std::uint64_t *a = at[step->in[0]], *b = at[step->in[1]], *c = at[step->in[2]];
    std::uint64_t* out = at[step->out[0]];
    for (int i = 0; i < lanes; ++i)
      store(out, i, TERNARY(Table, load(a, i), load(b, i), load(c, i)));
  }
}

template <bool Product> void adder_steps(const CircuitStep* step, const CircuitStep* end, std::uint64_t* const* at) {
  for (; step != end; ++step) {
    const std::uint64_t *a = at[step->in[0]], *b = at[step->in[1]], *c = at[step->in[2]], *d = at[step->in[3]];
    std::uint64_t *sum = at[step->out[0]], *carry = at[step->out[1]];
    for (int i = 0; i < lanes; ++i) {
      const Lane x = load(a, i), y = load(b, i);
      Lane z = load(c, i);
      if constexpr (Product)
        z &= load(d, i);
      store(sum, i, TERNARY(0x96, x, y, z));
      store(carry, i, TERNARY(0xe8, x, y, z));
    }
  }
}

template <unsigned... Tables> constexpr void fill(Steps* steps, std::integer_sequence<unsigned, Tables...>) {
  ((steps[Tables] = table_steps<Tables>), ...);
}

struct TableSteps {
  Steps of[256];
  TableSteps() { fill(of, std::make_integer_sequence<unsigned, 256>{}); }
};

void copy_all(const std::vector<CircuitCopy>& copies, std::uint64_t* const* at) {
  for (const CircuitCopy& copy : copies) {
    const Lane flip = copy.inverted ? ~Lane{} : Lane{};
    const std::uint64_t* from = at[copy.from];
    std::uint64_t* to = at[copy.to];
    for (int i = 0; i < lanes; ++i)
      store(to, i, load(from, i) ^ flip);
  }
}

} // namespace

void RUN_CIRCUIT(const Circuit& circuit, std::uint64_t* const* at) {
  static const TableSteps tables;
  copy_all(circuit.loads, at);
  const CircuitStep* const end = circuit.steps.data() + circuit.steps.size();
  for (const CircuitStep *step = circuit.steps.data(), *next = nullptr; step != end; step = next) {
    next = step + step->run;
    switch (step->kind) {
    case CircuitStep::Kind::table: tables.of[step->table](step, next, at); break;
    case CircuitStep::Kind::adder: adder_steps<false>(step, next, at); break;
    case CircuitStep::Kind::product_adder: adder_steps<true>(step, next, at); break;
    }
  }
  copy_all(circuit.stores, at);
}

} // namespace moesaic::hw::associative
