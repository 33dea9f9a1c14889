// A small array and the catalog's micro-programs, for tests that run operations on values.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "description/document.hpp"
#include "hw/associative/bit_planes.hpp"
#include "hw/associative/micro_program.hpp"

namespace moesaic::hw::associative {

struct Lanes {
  static constexpr int columns = 4096;
  MicroLibrary library{catalog_folder("hw/associative/microcode")};
  BitPlanes planes{ArrayShape{16, columns, 24, 2048}};

  Microcode code(const char* name, std::vector<int> vectors, std::vector<std::int64_t> immediates = {}) const {
    const MicroProgram* program = library.find(name);
    REQUIRE_MESSAGE(program, name);
    return library.expand(*program, {std::move(vectors), std::move(immediates)}, VectorPlan{});
  }
  void run(const char* name, std::vector<int> vectors, std::vector<std::int64_t> immediates = {}) {
    planes.execute(code(name, std::move(vectors), std::move(immediates)));
  }
  void set(int vector, const std::vector<std::uint16_t>& values) { planes.store(vector, values.data()); }
  std::vector<std::uint16_t> get(int vector) const {
    std::vector<std::uint16_t> values(columns);
    planes.load(vector, values.data());
    return values;
  }
  bool marked(int marker, std::size_t column) const {
    return (planes.element(VectorPlan{}.flags, static_cast<int>(column)) >> marker) & 1;
  }
};

/// One number a column: edges against edges first, then anything, a fifth of it small.
inline std::vector<std::uint16_t> numbers(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint16_t> values(Lanes::columns);
  const std::uint16_t edges[] = {0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t draw = random();
    values[i] = static_cast<std::uint16_t>(i < 64 ? edges[seed % 2 ? i / 8 : i % 8] : draw >> 32 & (draw % 5 ? 0xffff : 0xff));
  }
  return values;
}

} // namespace moesaic::hw::associative
