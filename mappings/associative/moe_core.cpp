#include "mappings/associative/moe_core.hpp"

#include <algorithm>

#include "mappings/associative/builder.hpp"
#include "mappings/associative/moe_lowering.hpp"
#include "mappings/associative/moe_router.hpp"

namespace moesaic::mappings::associative {

namespace {

constexpr int group_columns = 8192;

class MoeLowering {
 public:
  MoeLowering(const hw::associative::Description& d, const workloads::MoeLayer& layer, const CardWork& work,
              const CorePass& pass, Program& program)
      : d_(d), layer_(layer), layout_(work_layout(d, layer, work)), slots_(moe_slots(layout_, resident_slots(layout_, work))),
        tokens_(pass.tokens), pass_name_(pass.name), items_(pass.items), b_(program) {
    pass_ = tokens_per_pass(d, layout_, slots_.resident);
    resident_ = tokens_ <= pass_;
    program.resident_slots = slots_.resident;
    regions(work, program);
  }

  /// `first`: the spreading patterns are not in L1 yet.
  void run(bool first) {
    stage("input");
    if (first)
      patterns();
    stage("router");
    lower_router(layer_, layout_, slots_, tokens_, b_);
    stage("gate and up");
    for (const CoreItem& item : items_)
      for (int first = 0; first < item.tokens; first += pass_)
        gate_and_up(item, std::min(pass_, item.tokens - first));
    stage("down and combine");
    if (resident_)
      clear(tokens_);
    for (const CoreItem& item : items_)
      for (int first = 0; first < item.tokens; first += pass_)
        down(item, std::min(pass_, item.tokens - first));
    stage("output");
    output();
  }

 private:
  std::int64_t vector() const { return d_.vector_bytes(); }

  /// A pass over some of the tokens is one stage.
  void stage(const char* name) {
    if (pass_name_.empty() || std::string(name) == "input")
      b_.stage(pass_name_.empty() ? name : pass_name_);
  }

  void regions(const CardWork& work, Program& program) const {
    std::int64_t streamed = 0;
    for (const auto& items : work.cores)
      streamed += std::count_if(items.begin(), items.end(), [](const MoeItem& item) { return !item.resident; });
    // Card memory is one; what stands here is the sum over the cores' parts, offsets are those of one core.
    program.regions["expert weights"] = streamed * layout_.expert_bytes();
    program.regions["router weights"] = layout_.router_bytes() * layout_.cores;
    program.regions["patterns"] = slots_.pattern_count * vector();
    program.regions["hidden states"] = std::int64_t{3} * tokens_ * layout_.hidden;
    program.regions["partial sums"] =
        std::int64_t{layout_.cores} * tokens_ *
            (6 * std::int64_t{layout_.experts} + 4 * std::int64_t{layout_.hidden}) +
        4 * vector();
    program.regions["activated"] =
        std::int64_t{4} * tokens_ * (layer_.router.top_k + layer_.shared) * layout_.ffn_part * layout_.cores +
        4 * vector();
    program.regions["accumulators"] = resident_ ? vector() : 2 * vector() * tokens_ * layout_.cores;
    program.regions["output"] = std::int64_t{4} * tokens_ * layout_.hidden + 4 * vector();
    program.l3_bytes = std::int64_t{pass_} * layout_.hidden + 4 * std::int64_t{pass_} * layout_.ffn_part +
                       16 * std::int64_t{layout_.experts} * layout_.cores;
  }

  void patterns() {
    b_.loop(slots_.pattern_count, [&](int i) {
      b_.transfer(Route::l4_l1, vector(), "patterns", Index(0).plus(i, vector()),
                  Index(slots_.pattern).plus(i, 1));
    });
  }

  void clear(int tokens) {
    b_.operation("reset_16", {4});
    b_.loop(2 * tokens, [&](int i) { b_.store(4, Index(slots_.accumulator).plus(i, 1)); });
  }

  /// One vector of weights, in L1 at `slot`, against `tokens` vectors of scalars, summed into accumulators: one token's in
  /// vectors 4 and 5, more in L1.
  void use(const ColumnLayout& m, int pattern, const Index& slot, int tokens, bool in_registers) {
    b_.load(0, slot);
    b_.operation("low_s8", {1, 0});
    b_.operation("high_s8", {2, 0});
    b_.loop(tokens, [&](int t) {
      // Which slots are a token's is in the control processor's memory: every item has tokens of its own.
      const Index low = Index(slots_.accumulator).plus(t, 2), high = Index(slots_.accumulator + 1).plus(t, 2);
      if (!in_registers) {
        b_.from_memory("load_16", {4}, {low});
        b_.from_memory("load_16", {5}, {high});
      }
      for (int half = 0; half < m.per_slot; ++half) {
        spread_scalars(b_, m, pattern, 3, 6);
        b_.operation("mul_s8", {7, 1 + half, 3});
        b_.operation("add_s32", {4, 5, 4, 5, 7});
      }
      if (!in_registers) {
        b_.from_memory("store_16", {4}, {low});
        b_.from_memory("store_16", {5}, {high});
      }
    });
  }

  /// All of one matrix, which begins `skipped` bytes or slots behind the item's begin. Streamed: the next vector is on its
  /// way while this one is worked on.
  void products(const ColumnLayout& m, int pattern, const CoreItem& item, std::int64_t skipped, int tokens, bool in_registers) {
    const std::int64_t offset = item.place + skipped;
    if (item.resident) {
      b_.loop(m.slots(), [&](int i) { use(m, pattern, Index(offset).plus(i, 1), tokens, in_registers); });
      return;
    }
    const auto fetch = [&](Index at) {
      b_.transfer(Route::l4_l2, m.slot_bytes(), "expert weights", std::move(at));
    };
    fetch(offset);
    b_.loop(m.slots() - 1, [&](int i) {
      b_.wait();
      b_.transfer(Route::l2_l1, m.slot_bytes(), "", 0, slots_.weights);
      fetch(Index(offset + m.slot_bytes()).plus(i, m.slot_bytes()));
      use(m, pattern, slots_.weights, tokens, in_registers);
    });
    b_.wait();
    b_.transfer(Route::l2_l1, m.slot_bytes(), "", 0, slots_.weights);
    use(m, pattern, slots_.weights, tokens, in_registers);
  }

  /// The partial sums of the sub-groups, added up and brought to card memory as two words.
  void collect(const ColumnLayout& m, const char* region) {
    const std::int64_t bytes = std::int64_t{m.groups} * ((2 * m.outputs_per_group + 511) / 512) * 512;
    b_.operation("add_subgrps_s32", {4, 5, 4, 5}, {group_columns, m.subgroup});
    for (int word = 0; word < 2; ++word) {
      b_.store(4 + word, slots_.scratch);
      b_.transfer(Route::l1_l4, bytes, region, 0, slots_.scratch);
    }
  }

  void gate_and_up(const CoreItem& item, int tokens) {
    const bool in_registers = tokens == 1;
    b_.transfer(Route::l4_l3, std::int64_t{tokens} * layout_.hidden, "hidden states");
    if (in_registers)
      b_.operation("reset_16", {4}), b_.operation("reset_16", {5});
    else
      clear(tokens);
    products(layout_.gate_up, slots_.gate_up_pattern, item, 0, tokens, in_registers);
    b_.loop(tokens, [&](int t) {
      if (!in_registers)
        b_.load(4, Index(slots_.accumulator).plus(t, 2)),
            b_.load(5, Index(slots_.accumulator + 1).plus(t, 2));
      collect(layout_.gate_up, "activated");
      b_.transfer(Route::l4_l3, 8 * std::int64_t{layout_.ffn_part}, "activated");
      b_.scalar("scale, sigmoid by table, product", std::int64_t{5} * layout_.ffn_part, true);
      b_.transfer(Route::l3_l4, 4 * std::int64_t{layout_.ffn_part}, "activated");
    });
  }

  void accumulators(Route route, int tokens) {
    b_.loop(2 * tokens, [&](int i) {
      b_.transfer(route, vector(), "accumulators", 0, Index(slots_.accumulator).plus(i, 1));
    });
  }

  void down(const CoreItem& item, int tokens) {
    b_.transfer(Route::l4_l3, 4 * std::int64_t{tokens} * layout_.ffn_part, "activated");
    b_.scalar("weight and quantise", std::int64_t{tokens} * layout_.ffn_part, true);
    if (!resident_)
      accumulators(Route::l4_l1, tokens);
    products(layout_.down, slots_.down_pattern, item,
             layout_.gate_up.slots() * (item.resident ? 1 : layout_.gate_up.slot_bytes()), tokens, false);
    if (!resident_)
      accumulators(Route::l1_l4, tokens);
  }

  void output() {
    b_.loop(tokens_, [&](int t) {
      if (!resident_)
        accumulators(Route::l4_l1, 1);
      const std::int64_t stride = resident_ ? 2 : 0;
      b_.load(4, Index(slots_.accumulator).plus(t, stride));
      b_.load(5, Index(slots_.accumulator + 1).plus(t, stride));
      collect(layout_.down, "partial sums");
    });
    b_.barrier();
    b_.loop(tokens_, [&](int) {
      b_.transfer(Route::l4_l3, std::int64_t{4} * layout_.cores * layout_.hidden_part, "partial sums");
      b_.scalar("scale and add the cores' parts", std::int64_t{layout_.cores} * layout_.hidden_part, true);
      b_.transfer(Route::l3_l4, std::int64_t{4} * layout_.hidden_part, "output");
    });
  }

  const hw::associative::Description& d_;
  const workloads::MoeLayer& layer_;
  MoeLayout layout_;
  MoeSlots slots_;
  int tokens_, pass_ = 1;
  std::string pass_name_; ///< empty: all tokens together
  bool resident_ = true; ///< accumulators stay in L1
  const CoreItems& items_;
  ProgramBuilder b_;
};

} // namespace

void lower_core(const hw::associative::Description& d, const workloads::MoeLayer& layer, const CardWork& work,
                const CorePass& pass, Program& program) {
  MoeLowering(d, layer, work, pass, program).run(pass.first);
}

} // namespace moesaic::mappings::associative
