#include "mappings/associative/hyperon/tuple_layout.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings::associative {

namespace {

constexpr int word_bits = 16;

int bits_for(Symbol symbols) {
  int bits = 0;
  while (symbols >> bits)
    ++bits;
  return bits; // symbols itself has a code, so all ones is no symbol
}

unsigned ones(int bits) {
  return (1u << bits) - 1;
}

} // namespace

std::uint16_t TupleLayout::word_of(const Symbol* fact, int word) const {
  unsigned key = 0, care = 0;
  for (std::size_t f = 0; f < fields.size(); ++f)
    add_key(static_cast<int>(f), fact[f], word, key, care);
  return static_cast<std::uint16_t>(key);
}

void TupleLayout::add_key(int field, Symbol value, int word, unsigned& key, unsigned& care) const {
  for (const auto& piece : fields[static_cast<std::size_t>(field)])
    if (piece.word == word) {
      key |= ((value >> piece.from) & ones(piece.bits)) << piece.shift;
      care |= ones(piece.bits) << piece.shift;
    }
}

std::vector<int> TupleLayout::words_of(const std::vector<int>& of_fields) const {
  std::vector<int> found;
  for (const int field : of_fields)
    for (const auto& piece : fields[static_cast<std::size_t>(field)])
      found.push_back(piece.word);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

Symbol TupleLayout::decode(int field, const std::vector<std::uint16_t>& words) const {
  Symbol value = 0;
  for (const auto& piece : fields[static_cast<std::size_t>(field)])
    value |= ((words[static_cast<std::size_t>(piece.word)] >> piece.shift) & ones(piece.bits)) << piece.from;
  return value;
}

TupleLayout tuple_layout(Symbol symbols, int arity) {
  TupleLayout layout;
  layout.fields.resize(static_cast<std::size_t>(arity));
  const int bits = bits_for(symbols), rest = bits % word_bits;
  for (auto& field : layout.fields)
    for (int from = 0; from + word_bits <= bits; from += word_bits)
      field.push_back({layout.words++, 0, word_bits, from});
  int room = 0;
  for (auto& field : layout.fields) {
    if (rest == 0)
      continue;
    if (room < rest)
      ++layout.words, room = word_bits;
    field.push_back({layout.words - 1, word_bits - room, rest, bits - rest});
    room -= rest;
  }
  return layout;
}

Placement place_facts(const Relation& relation, const hw::associative::ArrayShape& shape, int parts) {
  Placement p;
  p.parts = parts;
  p.columns = shape.columns;
  const auto facts = static_cast<std::int64_t>(relation.size());
  const std::int64_t each = (facts + parts - 1) / parts;
  p.groups = static_cast<int>(std::max<std::int64_t>(1, (each + p.columns - 1) / p.columns));
  for (std::int64_t i = 0; i < facts; ++i)
    p.position.push_back(static_cast<std::uint32_t>(i % parts * p.groups * p.columns + i / parts));
  return p;
}

Placement place_runs(const Relation& relation, const hw::associative::ArrayShape& shape, int parts, int field) {
  Placement p;
  p.parts = parts;
  p.columns = shape.columns;
  std::vector<std::uint32_t> sorted(relation.size());
  std::iota(sorted.begin(), sorted.end(), 0);
  const auto value = [&](std::uint32_t i) { return relation.row(i)[field]; };
  std::stable_sort(sorted.begin(), sorted.end(), [&](auto a, auto b) { return value(a) < value(b); });
  // Runs go to the vectors in turn: vector by vector, part by part, each run within a half-bank, where marks are handed on.
  std::vector<std::int64_t> place(relation.size());
  std::int64_t vectors = 1, used = 0;
  for (std::size_t i = 0, end; i < sorted.size(); i = end) {
    for (end = i; end < sorted.size() && value(sorted[end]) == value(sorted[i]);)
      ++end;
    const auto run = static_cast<std::int64_t>(end - i);
    if (run > shape.half_bank)
      throw InputError(fmt::format("{}: {} facts agree in one field, a half-bank has {} columns: counting them is not supported",
                                   relation.name, run, shape.half_bank));
    p.longest_run = std::max(p.longest_run, static_cast<int>(run));
    if (used % shape.half_bank + run > shape.half_bank)
      used = (used / shape.half_bank + 1) * shape.half_bank;
    if (used == p.columns)
      ++vectors, used = 0;
    for (std::size_t k = i; k < end; ++k)
      place[sorted[k]] = (vectors - 1) * p.columns + used++;
  }
  p.groups = static_cast<int>((vectors + parts - 1) / parts);
  p.starts.resize(static_cast<std::size_t>(p.columns * p.groups * parts));
  p.position.resize(relation.size());
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    const std::uint32_t fact = sorted[k];
    const std::int64_t vector = place[fact] / p.columns;
    p.position[fact] =
        static_cast<std::uint32_t>((vector % parts * p.groups + vector / parts) * p.columns + place[fact] % p.columns);
    if (k == 0 || value(sorted[k - 1]) != value(fact))
      p.starts[p.position[fact]] = true;
  }
  return p;
}

std::vector<std::uint16_t> column_words(const Relation& relation, const TupleLayout& layout, const Placement& placement,
                                        int part, int group, int word) {
  std::vector<std::uint16_t> words(static_cast<std::size_t>(placement.columns), 0xffff);
  for (std::size_t i = 0; i < relation.size(); ++i)
    if (placement.part(i) == part && placement.group(i) == group)
      words[static_cast<std::size_t>(placement.position[i] % placement.columns)] = layout.word_of(relation.row(i), word);
  return words;
}

} // namespace moesaic::mappings::associative
