#include "mappings/associative/moe_lowering.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/builder.hpp"
#include "mappings/associative/moe_router.hpp"

namespace moesaic::mappings::associative {

namespace {

constexpr int group_columns = 8192;

class MoeLowering {
 public:
  MoeLowering(const hw::associative::Description& d, const workloads::MoeLayer& layer,
              const workloads::Routing& routing, const std::string& pass, Program& program)
      : d_(d), layer_(layer), layout_(moe_layout(d, layer)), slots_(moe_slots(layout_)),
        tokens_(routing.tokens), pass_name_(pass), b_(program) {
    load_ = routing.load();
    load_.resize(static_cast<std::size_t>(layer.routed), 0);
    load_.insert(load_.end(), static_cast<std::size_t>(layer.shared), tokens_);
    pass_ = tokens_per_pass(d, layout_);
    resident_ = tokens_ <= pass_;
    regions(program);
  }

  /// `first`: the spreading patterns are not in L1 yet.
  void run(bool first) {
    stage("input");
    if (first)
      patterns();
    stage("router");
    lower_router(layer_, layout_, slots_, tokens_, b_);
    stage("gate and up");
    for (std::size_t e = 0; e < load_.size(); ++e)
      for (int first = 0; first < load_[e]; first += pass_)
        gate_and_up(e, std::min(pass_, load_[e] - first));
    stage("down and combine");
    if (resident_)
      clear(tokens_);
    for (std::size_t e = 0; e < load_.size(); ++e)
      for (int first = 0; first < load_[e]; first += pass_)
        down(e, std::min(pass_, load_[e] - first));
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

  void regions(Program& program) const {
    const auto experts = static_cast<std::int64_t>(load_.size());
    // Card memory is one; what stands here is the sum over the cores' parts, offsets are those of one core.
    program.regions["expert weights"] = experts * layout_.expert_bytes() * layout_.cores;
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

  /// All of one matrix against `tokens` vectors of scalars, summed into accumulators: one token's in vectors
  /// 4 and 5, more in L1. The next vector is on its way while this one is worked on.
  void products(const ColumnLayout& m, int pattern, std::int64_t offset, int tokens, bool in_registers) {
    const auto fetch = [&](Index at) {
      b_.transfer(Route::l4_l2, m.slot_bytes(), "expert weights", std::move(at));
    };
    const auto use = [&] {
      b_.load(0, slots_.weights);
      b_.operation("low_s8", {1, 0});
      b_.operation("high_s8", {2, 0});
      b_.loop(tokens, [&](int t) {
        // Which slots are a token's is in the control processor's memory: every expert has tokens of its own.
        const Index low = Index(slots_.accumulator).plus(t, 2),
                    high = Index(slots_.accumulator + 1).plus(t, 2);
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
    };
    fetch(offset);
    b_.loop(m.slots() - 1, [&](int i) {
      b_.wait();
      b_.transfer(Route::l2_l1, m.slot_bytes(), "", 0, slots_.weights);
      fetch(Index(offset + m.slot_bytes()).plus(i, m.slot_bytes()));
      use();
    });
    b_.wait();
    b_.transfer(Route::l2_l1, m.slot_bytes(), "", 0, slots_.weights);
    use();
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

  void gate_and_up(std::size_t expert, int tokens) {
    const bool in_registers = tokens == 1;
    b_.transfer(Route::l4_l3, std::int64_t{tokens} * layout_.hidden, "hidden states");
    if (in_registers)
      b_.operation("reset_16", {4}), b_.operation("reset_16", {5});
    else
      clear(tokens);
    products(layout_.gate_up, slots_.gate_up_pattern,
             static_cast<std::int64_t>(expert) * layout_.expert_bytes(), tokens, in_registers);
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

  void down(std::size_t expert, int tokens) {
    b_.transfer(Route::l4_l3, 4 * std::int64_t{tokens} * layout_.ffn_part, "activated");
    b_.scalar("weight and quantise", std::int64_t{tokens} * layout_.ffn_part, true);
    if (!resident_)
      accumulators(Route::l4_l1, tokens);
    products(layout_.down, slots_.down_pattern,
             static_cast<std::int64_t>(expert) * layout_.expert_bytes() +
                 layout_.gate_up.slots() * layout_.gate_up.slot_bytes(),
             tokens, false);
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
  bool resident_ = true;
  std::vector<int> load_;
  ProgramBuilder b_;
};

} // namespace

int tokens_per_pass(const hw::associative::Description& d, const MoeLayout& layout) {
  const int left = d.l1_slots - moe_slots(layout).accumulator;
  if (left < 2)
    throw InputError(fmt::format("{}: L1 overflows: {} slots wanted, {} there, {} missing", d.title,
                                 moe_slots(layout).accumulator + 2, d.l1_slots, 2 - left));
  return left / 2;
}

namespace {
Program empty_program(const hw::associative::Description& d, const workloads::MoeLayer& layer) {
  Program program;
  program.name = layer.name;
  program.title = layer.title;
  program.cores = d.cores;
  return program;
}
} // namespace

Program lower_moe(const hw::associative::Description& d, const workloads::MoeLayer& layer,
                  const workloads::Routing& routing) {
  Program program = empty_program(d, layer);
  MoeLowering(d, layer, routing, "", program).run(true);
  return program;
}

Program lower_moe_in_passes(const hw::associative::Description& d, const workloads::MoeLayer& layer,
                            const workloads::Routing& routing) {
  Program program = empty_program(d, layer);
  const int most = tokens_per_pass(d, moe_layout(d, layer));
  const int passes = (routing.tokens + most - 1) / most;
  for (int pass = 0, first = 0; pass < passes; ++pass) {
    const int tokens = (routing.tokens - first) / (passes - pass); // even shares, the larger ones last
    const std::string name = fmt::format("tokens {} to {}", first, first + tokens - 1);
    auto regions = std::move(program.regions);
    program.regions.clear();
    MoeLowering(d, layer, routing.part(first, tokens), name, program).run(pass == 0);
    for (const auto& [region, bytes] : regions)
      program.regions[region] = std::max(program.regions[region], bytes);
    first += tokens;
  }
  return program;
}

} // namespace moesaic::mappings::associative
