// Card memory and control processors around an MoE layer's associative program: what the transfers bring and
// take, and the scalar work.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mappings/associative/interpreter.hpp"
#include "mappings/associative/moe_router.hpp"
#include "sim/associative/layer.hpp"
#include "workloads/matrix.hpp"

namespace moesaic::sim {

/// The control processors' sigmoid.
double table_sigmoid(double x);

class LayerMemory : public mappings::associative::Surroundings {
 public:
  LayerMemory(const hw::associative::Description& description, const workloads::MoeLayer& layer,
              const workloads::MoeWeights& weights, const HeldExperts& held, const workloads::Matrix& hidden,
              const mappings::associative::CardWork& work);
  /// Puts a core's resident weights into its L1.
  void fill_resident(int core, hw::associative::FunctionalCore& planes) const;

  /// While set, only the router's part of a program has an effect.
  void stop_after_router(bool stop) { router_only_ = stop; }
  const workloads::Routing& routing() const { return routing_; }
  std::vector<std::vector<double>> output() const;

  void stage(const std::string& name) override;
  void transfer(int core, const mappings::associative::Step& step, std::int64_t offset,
                std::vector<std::uint16_t>* slot) override;
  void scalar(int core, const mappings::associative::Step& step) override;
  std::int64_t from_memory(int core, const mappings::associative::Step& step, std::int64_t written) override;
  void after(int core, const mappings::associative::Step& step,
             hw::associative::FunctionalCore& planes) override;
  void ran(int core, const mappings::associative::Step& step, const std::vector<int>& vectors,
           const std::vector<std::int64_t>& immediates, hw::associative::FunctionalCore& planes) override;

 private:
  using Words = std::vector<std::uint16_t>;
  static constexpr int all_experts_section = 15; ///< of the group pattern; the groups' own stand below
  struct Part { ///< what one core knows
    int token = -1;
    std::size_t item = 0; ///< of the core's work
    std::vector<int> tokens; ///< of the pass
    std::size_t pass = 0;    ///< passes begun in this stage
    int vector = 0, spreads = 0,
        spread = 0;           ///< which weights vector, which spread of it, which scalar of that
    std::int64_t pending = 0; ///< offset of the weights on their way to L2
    std::vector<Words> words; ///< collected from L1
    std::vector<std::int64_t> router_sum;
    std::vector<int> kept_groups, chosen;
    std::vector<double> group_score;
    int group = 0, entries = 0;
    std::uint32_t entry = 0;
    int collected = 0;
    std::vector<std::vector<std::vector<double>>> activated; ///< token, item, inner unit
    std::vector<std::vector<std::vector<int>>> code; ///< the same, quantised
    std::vector<double> code_scale;                  ///< per token
    std::vector<std::vector<double>> output;         ///< token, hidden: this core's sum
  };
  enum class Stage { input, router, gate_up, down, output };

  using Item = mappings::associative::MoeItem;
  const Item& item_of(int core, const Part& part) const {
    return work_.cores[static_cast<std::size_t>(core)][part.item];
  }
  void begin_pass(int core, Part& part);
  int choice_of(int token, int expert) const;
  std::int64_t scalar_value(int core, Part& part);
  void fill_pattern(std::int64_t nth, Words& slot) const;
  void fill_router(int core, std::int64_t index, Words& slot) const;
  /// The vector that stands `offset` bytes behind the begin of an item's weights in card memory.
  void fill_weights(const Item& item, std::int64_t offset, Words& slot) const;
  /// The `nth` of a core's items that is streamed, or that is resident.
  const Item& nth_item(int core, bool resident, std::int64_t nth) const;
  std::int64_t offset_of_slot(std::int64_t slot) const; ///< of a resident item's slots
  void fill_keys(Part& part, Words& slot) const;
  std::int8_t weight_code(const Item& item, bool down, int output, int input) const;
  void router_scores(Part& part);
  void finish_routing(int core, Part& part);
  void activate(int core, Part& part);
  void quantise_activated(Part& part);
  void collect_output(Part& part);

  const hw::associative::Description& d_;
  const workloads::MoeLayer& layer_;
  const workloads::MoeWeights& weights_;
  const HeldExperts& held_;
  const workloads::Matrix& hidden_;
  const mappings::associative::CardWork& work_;
  mappings::associative::MoeLayout layout_;
  mappings::associative::MoeSlots slots_;
  bool router_only_ = false, resident_ = true;
  int pass_size_ = 1, key_bits_ = 0;
  Stage stage_ = Stage::input;
  workloads::Quantised hidden_codes_;
  std::vector<std::vector<int>> hidden16_, router16_; ///< offset by 32768
  std::vector<double> hidden16_scale_, router16_scale_;
  std::vector<float> score_;        ///< of the current token
  std::vector<std::uint32_t> keys_; ///< of the current token
  workloads::Routing routing_;
  std::vector<std::vector<std::vector<int>>> tokens_of_; ///< by core and item
  std::vector<Part> parts_;
};

} // namespace moesaic::sim
