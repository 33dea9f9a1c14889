// What the programs that search for tuples agree on.
#pragma once

#include <cstddef>

namespace moesaic::mappings::associative {

// Vectors of a core: the atoms' words from 0 on, and where searches leave their answers; the marker in which they are counted.
constexpr int most_words = 4, marked = 6;
constexpr int marker = 4;

/// The operation that searches for keys of this many words.
inline const char* search_name(std::size_t words) {
  return words == 1 ? "match_16" : words == 2 ? "match_32" : "match_48";
}

} // namespace moesaic::mappings::associative
