// Masked searches over bit planes, many keys one after the other: what the micro-programs match_16, match_32 and match_48 come to.
// One version per instruction set of the host.
#pragma once

#include <cstdint>
#include <vector>

namespace moesaic::hw::associative {

/// What searches have in common that compare the same sections of the same vectors.
struct PlaneSearch {
  static constexpr int most = 48;                     ///< planes: the sections of three words
  const std::uint64_t* planes[most] = {};
  int count = 0;                                      ///< planes, at least one
  std::uint64_t* targets[16] = {};                    ///< sections of the vector that takes the answers
  int words = 0;                                      ///< of a plane, a multiple of 8
};

/// The columns in which plane i is `wanted[i]` become one in these sections of the target.
struct SearchKey {
  std::uint8_t wanted[PlaneSearch::most] = {};
  std::uint16_t sections = 0;
};

using SearchKernel = void (*)(const PlaneSearch& search, const SearchKey* first, const SearchKey* last);

void run_search_generic(const PlaneSearch& search, const SearchKey* first, const SearchKey* last);
void run_search_avx2(const PlaneSearch& search, const SearchKey* first, const SearchKey* last);
void run_search_avx512(const PlaneSearch& search, const SearchKey* first, const SearchKey* last);

/// The versions that this processor runs, the widest last; all give the same bits.
std::vector<SearchKernel> search_kernels();

} // namespace moesaic::hw::associative
