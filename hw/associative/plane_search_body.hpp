// The search, compiled once per instruction set: RUN_SEARCH names the version; where ANY_LANE is defined, the host has an
// instruction for it. Everything here has internal linkage, as in block_kernel_body.hpp.
#include <cstring>

#include "hw/associative/plane_search.hpp"

#pragma GCC diagnostic ignored "-Wpsabi" // no vector is handed on outside of this file

namespace moesaic::hw::associative {

namespace {

using SearchLane = std::uint64_t __attribute__((vector_size(64)));

#ifndef ANY_LANE
inline bool any_lane(const SearchLane& lane) {
  std::uint64_t some = 0;
  for (int i = 0; i < 8; ++i)
    some |= lane[i];
  return some != 0;
}
#define ANY_LANE(lane) any_lane(lane)
#endif

/// 512 columns for all keys: their planes, as they are and inverted, stay in the nearest cache.
inline void search_lane(const PlaneSearch& search, const SearchKey* key, const SearchKey* last, int word) {
  constexpr int first_look = 12, stretch = 4; // planes read before it is asked whether any column is left, and from then on
  SearchLane planes[PlaneSearch::most][2];
  for (int i = 0; i < search.count; ++i) {
    std::memcpy(&planes[i][1], search.planes[i] + word, sizeof planes[i][1]);
    planes[i][0] = ~planes[i][1];
  }
  for (; key != last; ++key) {
    SearchLane left = ~SearchLane{};
    for (int i = 0, end = first_look; i < search.count; end += stretch) {
      for (end = end < search.count ? end : search.count; i < end; ++i)
        left &= planes[i][key->wanted[i]];
      if (!ANY_LANE(left))
        break;
    }
    if (!ANY_LANE(left))
      continue;
    for (int s = 0; s < 16; ++s) {
      if (!((key->sections >> s) & 1))
        continue;
      SearchLane target;
      std::memcpy(&target, search.targets[s] + word, sizeof target);
      target |= left;
      std::memcpy(search.targets[s] + word, &target, sizeof target);
    }
  }
}

} // namespace

void RUN_SEARCH(const PlaneSearch& search, const SearchKey* first, const SearchKey* last) {
  for (int word = 0; word < search.words; word += 8)
    search_lane(search, first, last, word);
}

} // namespace moesaic::hw::associative
