#include "mappings/associative/moe_router.hpp"

namespace moesaic::mappings::associative {

namespace {

constexpr int group_columns = 8192;
// Markers of the flags vector.
constexpr int candidates = 4, high_matches = 5, chosen = 6, others = 7, kept = 8;

/// The largest 32-bit key of the candidates: `chosen` marks it, vectors 10 and 11 hold its words, and it
/// drops out.
void take_largest(ProgramBuilder& b) {
  b.operation("mark_max_u16", {10, 8}, {high_matches, candidates});
  b.operation("mark_max_u16", {11, 9}, {chosen, high_matches});
  b.operation("not_m", {}, {others, chosen});
  b.operation("and_m", {}, {candidates, candidates, others});
}

/// Group-limited choice: the score of each group from its best one or two keys, then the best groups stay
/// candidates.
void choose_groups(const workloads::RouterRule& rule, const MoeSlots& slots, ProgramBuilder& b) {
  b.load(12, slots.group_pattern);
  const int best = rule.group_score == workloads::GroupScore::sum_of_top_2 ? 2 : 1;
  b.loop(rule.groups, [&](int) {
    b.from_memory("cpy_to_mrk_16_msk", {12}, {1, candidates});
    b.loop(best, [&](int) {
      take_largest(b);
      b.operation("get_entry_16", {10}, {0});
      b.operation("get_entry_16", {11}, {0});
    });
  });
  b.scalar("order the groups", std::int64_t{4} * rule.groups * rule.kept_groups, false);
  b.from_memory("cpy_to_mrk_16_msk", {12}, {1, candidates});
  b.loop(rule.kept_groups - 1, [&](int) {
    b.from_memory("cpy_to_mrk_16_msk", {12}, {1, kept});
    b.operation("or_m", {}, {candidates, candidates, kept});
  });
}

void choose_experts(const workloads::RouterRule& rule, int experts, const MoeSlots& slots,
                    ProgramBuilder& b) {
  for (int word = 0; word < 2; ++word) {
    b.transfer(Route::l3_l4, std::int64_t{2} * experts, "partial sums");
    b.transfer(Route::l4_l1, std::int64_t{2} * experts, "partial sums", 0, slots.keys);
    b.load(8 + word, slots.keys);
  }
  if (rule.groups > 1 && rule.kept_groups < rule.groups) {
    choose_groups(rule, slots, b);
  } else {
    b.load(12, slots.group_pattern);
    b.from_memory("cpy_to_mrk_16_msk", {12}, {1, candidates});
  }
  b.loop(rule.top_k, [&](int) {
    take_largest(b);
    b.operation("get_marked_data_1024", {8}, {chosen});
  });
  b.scalar("weights of the chosen", std::int64_t{2} * rule.top_k, true);
}

} // namespace

MoeSlots moe_slots(const MoeLayout& layout, int resident) {
  MoeSlots s;
  s.resident = s.pattern = resident;
  s.gate_up_pattern = s.pattern + layout.router.pattern_vectors;
  s.down_pattern = s.gate_up_pattern + layout.gate_up.pattern_vectors;
  s.group_pattern = s.down_pattern + layout.down.pattern_vectors;
  s.pattern_count = s.group_pattern + 1 - s.pattern;
  s.weights = s.group_pattern + 1;
  s.scratch = s.weights + 1;
  s.keys = s.scratch + 1;
  s.accumulator = s.keys + 1;
  return s;
}

void spread_scalars(ProgramBuilder& b, const ColumnLayout& m, int pattern_slot, int to, int temporary) {
  b.operation("reset_16", {to});
  const auto copies = [&](int count) {
    b.loop(count, [&](int i) {
      b.from_memory("cpy_imm_where", {to, to, temporary}, {1, Index(0).plus(i, 1)});
    });
  };
  b.loop(m.spread / 16, [&](int i) {
    b.load(temporary, Index(pattern_slot).plus(i, 1));
    copies(16);
  });
  if (const int rest = m.spread % 16) {
    b.load(temporary, pattern_slot + m.spread / 16);
    copies(rest);
  }
}

void lower_router(const workloads::MoeLayer& layer, const MoeLayout& layout, const MoeSlots& slots,
                  int tokens, ProgramBuilder& b) {
  const ColumnLayout& m = layout.router;
  const std::int64_t experts = layout.experts;
  const std::int64_t bytes = std::int64_t{m.groups} * ((2 * m.outputs_per_group + 511) / 512) * 512;
  b.loop(tokens, [&](int t) {
    b.transfer(Route::l4_l3, std::int64_t{2} * layout.hidden_part, "hidden states",
               Index(0).plus(t, std::int64_t{2} * layout.hidden_part));
    for (int word = 4; word < 7; ++word)
      b.operation("reset_16", {word});
    b.loop(m.slots(), [&](int i) {
      b.transfer(Route::l4_l1, m.slot_bytes(), "router weights", Index(0).plus(i, m.slot_bytes()),
                 slots.weights);
      b.load(0, slots.weights);
      spread_scalars(b, m, slots.pattern, 3, 7);
      b.operation("mul_u32", {1, 2, 0, 3});
      b.operation("add_u48", {4, 5, 6, 4, 5, 6, 1, 2});
    });
    b.operation("add_subgrps_u48", {4, 5, 6, 4, 5, 6}, {group_columns, m.subgroup});
    for (int word = 4; word < 7; ++word) {
      b.store(word, slots.scratch);
      b.transfer(Route::l1_l4, bytes, "partial sums", 0, slots.scratch);
    }
    b.barrier();
    b.transfer(Route::l4_l3, 6 * experts * layout.cores, "partial sums");
    b.scalar("add the cores' parts", 3 * experts * layout.cores, false);
    b.scalar("logit, sigmoid, bias", 4 * experts, true);
    choose_experts(layer.router, layout.experts, slots, b);
  });
}

} // namespace moesaic::mappings::associative
