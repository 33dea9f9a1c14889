// How the facts of a relation lie in the columns of an associative processor: each in one column, its fields packed into words.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/associative/bit_planes.hpp"
#include "workloads/hyperon/space.hpp"

namespace moesaic::mappings::associative {

using workloads::hyperon::Relation;
using workloads::hyperon::Symbol;

/// Bits `from` ... of a field are bits `shift` ... of a word.
struct Piece {
  int word = 0, shift = 0, bits = 0, from = 0;
};

/// A field of more than 16 bits has whole words of its own; what is left of the fields shares words. Each field has one code
/// that is no symbol, all ones: the columns without a fact hold it.
struct TupleLayout {
  int words = 0;
  std::vector<std::vector<Piece>> fields;

  std::uint16_t word_of(const Symbol* fact, int word) const;
  /// What a search for `value` in a field compares in a word: its key and the sections it cares for are added.
  void add_key(int field, Symbol value, int word, unsigned& key, unsigned& care) const;
  std::vector<int> words_of(const std::vector<int>& of_fields) const; ///< ascending
  Symbol decode(int field, const std::vector<std::uint16_t>& words) const;
};

TupleLayout tuple_layout(Symbol symbols, int arity);

/// Where each fact stands. Cores hold `parts` different parts; a core's facts fill `groups` vectors of columns.
struct Placement {
  int parts = 1, groups = 1;
  std::int64_t columns = 0;            ///< of one vector
  std::vector<std::uint32_t> position; ///< by fact: (part * groups + group) * columns + column
  int longest_run = 0;                 ///< facts that agree in the field they are sorted by; 0: not sorted
  std::vector<bool> starts;            ///< by position: begins a run

  int part(std::size_t fact) const { return static_cast<int>(position[fact] / (columns * groups)); }
  int group(std::size_t fact) const { return static_cast<int>(position[fact] / columns % groups); }
};

/// Facts dealt to the parts in turn.
Placement place_facts(const Relation& relation, const hw::associative::ArrayShape& shape, int parts);
/// Facts sorted by `field`, so that those that agree in it stand side by side in one half-bank. Throws InputError where more of
/// them agree than it has columns.
Placement place_runs(const Relation& relation, const hw::associative::ArrayShape& shape, int parts, int field);

/// The words of one vector as they lie in L1: `columns` numbers.
std::vector<std::uint16_t> column_words(const Relation& relation, const TupleLayout& layout, const Placement& placement,
                                        int part, int group, int word);

} // namespace moesaic::mappings::associative
