// Atoms brought into L1, and questions for single ones of them.
#include <algorithm>

#include "mappings/associative/builder.hpp"
#include "mappings/associative/hyperon/held_relations.hpp"
#include "mappings/associative/hyperon/match_lowering.hpp"
#include "mappings/associative/hyperon/match_vectors.hpp"

namespace moesaic::mappings::associative {

Program lower_load(const hw::associative::Description& d, const Program& resident) {
  Program program;
  program.name = resident.name;
  program.title = "load the atoms";
  program.cores = d.cores;
  program.regions["atoms"] = resident.resident_slots * d.cores * d.vector_bytes();
  ProgramBuilder b(program);
  b.stage("load");
  b.loop(resident.resident_slots, [&](int i) {
    b.transfer(Route::l4_l1, d.vector_bytes(), "atoms", Index(0).plus(i, d.vector_bytes()), Index(0).plus(i, 1));
  });
  return program;
}

Program lower_point_queries(const hw::associative::Description& d, const HeldRelation& held, int count, int together) {
  Program program;
  program.name = "point queries";
  program.title = "is this atom there?";
  program.cores = d.cores;
  program.resident_slots = held.slots();
  ProgramBuilder b(program);
  b.stage("point queries");
  const int words = std::min(held.layout.words, most_words - 1);
  std::vector<Index> vectors{marked}, immediates;
  for (int w = 0; w < words; ++w) {
    vectors.emplace_back(w);
    immediates.emplace_back(0x5555);
    immediates.emplace_back(0xffff);
  }
  immediates.emplace_back(1);
  b.loop(count / together, [&](int) {
    b.operation("reset_16", {marked});
    b.loop(held.placement.groups, [&](int g) {
      for (int w = 0; w < words; ++w)
        b.load(w, Index(w).plus(g, held.slots_per_group()));
      b.loop(together, [&](int) {
        b.scalar("next key", words, false);
        b.from_memory(search_name(static_cast<std::size_t>(words)), vectors, immediates);
      });
    });
    b.loop(together, [&](int) {
      b.operation("cpy_to_mrk_16_msk", {marked}, {1, marker});
      b.operation("count_m_g32k", {}, {marker});
    });
  });
  return program;
}

} // namespace moesaic::mappings::associative
