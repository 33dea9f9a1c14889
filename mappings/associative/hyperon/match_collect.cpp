#include "mappings/associative/hyperon/match_collect.hpp"

#include "mappings/associative/hyperon/match_vectors.hpp"

namespace moesaic::mappings::associative {

namespace {

constexpr int sorting_steps = 8;           ///< of the control processor, to file one tuple under its prefix

} // namespace

void fetch(ProgramBuilder& b, std::int64_t bytes) {
  b.loop(bytes / chunk, [&](int) { b.transfer(Route::l4_l3, chunk, "bindings"); });
  if (bytes % chunk)
    b.transfer(Route::l4_l3, bytes % chunk, "bindings");
}

void exchange(ProgramBuilder& b, int cores, std::int64_t results, int shares) {
  if (results == 0)
    return;
  const std::int64_t own = (results + cores - 1) / cores * 2 * binding_bytes;
  b.loop(own / chunk, [&](int) { b.transfer(Route::l3_l4, chunk, "bindings"); });
  if (own % chunk)
    b.transfer(Route::l3_l4, own % chunk, "bindings");
  b.barrier();
  fetch(b, results * 2 * binding_bytes);
  b.scalar("file under the prefix", sorting_steps * ((results + shares - 1) / shares), false);
}

void sum(ProgramBuilder& b, int cores) {
  b.stage("sum");
  for (int bit = 0; bit < 32; ++bit) {
    b.operation("cpy_to_mrk_16_msk", {bit < 16 ? sum_low : sum_high}, {1 << bit % 16, marker});
    b.operation("count_m_g32k", {}, {marker});
  }
  b.scalar("add", 32, false);
  b.transfer(Route::l3_l4, 8, "bindings");
  b.barrier();
  b.transfer(Route::l4_l3, std::int64_t{8} * cores, "bindings");
  b.scalar("add", cores, false);
}

} // namespace moesaic::mappings::associative
