#include "mappings/gpu/load.hpp"

#include <numeric>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings::gpu {

RankLoad rank_load(const int* rows_per_expert, int experts, int tokens, int top_k) {
  RankLoad load;
  load.tokens = tokens;
  load.slots = static_cast<double>(tokens) * top_k;
  load.experts = experts;
  int touched = 0;
  long long rows = 0, padded = 0;
  for (int e = 0; e < experts; ++e) {
    const int count = rows_per_expert[e];
    rows += count;
    touched += count > 0;
    padded += (count + 15) / 16 * 16;
  }
  load.rows = static_cast<double>(rows);
  load.touched = touched;
  load.padded = static_cast<double>(padded);
  return load;
}

RankLoad slowest_rank(const std::vector<int>& rows_per_expert, int ranks, int tokens, int top_k) {
  const int experts = static_cast<int>(rows_per_expert.size());
  if (ranks < 1 || experts % ranks != 0)
    throw InputError(fmt::format("{} experts do not divide over {} ranks", experts, ranks));
  const int local = experts / ranks;
  const int* slowest = rows_per_expert.data();
  long long most = -1;
  for (int rank = 0; rank < ranks; ++rank) {
    const int* first = rows_per_expert.data() + static_cast<std::ptrdiff_t>(rank) * local;
    const long long rows = std::accumulate(first, first + local, 0LL);
    if (rows > most) {
      most = rows;
      slowest = first;
    }
  }
  return rank_load(slowest, local, tokens, top_k);
}

} // namespace moesaic::mappings::gpu
