// A Mixture-of-Experts layer: its shapes and its router's rule.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "description/document.hpp"

namespace moesaic::workloads {

enum class Score { sigmoid, softmax, softmax_of_top_k };
enum class GroupScore { none, maximum, sum_of_top_2 };
enum class GroupMask { minus_infinity, zero }; ///< what the scores of dropped groups become

/// How a router turns logits into expert choices and weights. Sources: the models' published code, see the
/// catalog.
struct RouterRule {
  Score score = Score::softmax;
  bool bias = false; ///< a per-expert bias corrects the score for selection only
  int top_k = 1;
  int groups = 1;
  int kept_groups = 1;
  GroupScore group_score = GroupScore::none;
  GroupMask group_mask = GroupMask::minus_infinity;
  bool normalise = false; ///< divide the chosen weights by their sum
  double scale = 1;       ///< routed scaling factor
  double epsilon = 0;     ///< added to the denominator of the normalisation
  bool bf16_logits = false;
  double capacity_factor = 0; ///< an expert takes ceil(factor * tokens * top_k / experts) tokens; 0: dropless
};

/// Throws InputError naming the first field of `rule` that contradicts another or the number of experts.
void check_rule(const RouterRule& rule, int experts);

enum class Activation { swiglu, gpt_oss_swiglu };

struct MoeLayer {
  std::string name;     ///< catalog name
  std::string title;    ///< for people
  int hidden = 0;       ///< width of the hidden state
  int expert_ffn = 0;   ///< inner width of one routed expert
  int routed = 0;       ///< routed experts
  int shared = 0;       ///< shared experts, each as wide as a routed one
  int layers = 0;       ///< layers of the whole model
  int dense_layers = 0; ///< of these, dense ones at the start
  int dense_ffn = 0;    ///< inner width of a dense layer's FFN, 0 where there is none
  RouterRule router;
  Activation activation = Activation::swiglu;
  double load_alpha = 0; ///< exponent of the bounded Pareto that expert loads follow; 0: uniform
  double total_parameters = 0, active_parameters = 0; ///< of the whole model, per token for the active ones

  int moe_layers() const { return layers - dense_layers; }
  /// Weights of one expert: gate, up and down projections, hidden x expert_ffn each.
  std::int64_t expert_weights() const { return std::int64_t{3} * hidden * expert_ffn; }
};

/// Throws InputError naming the first shape that cannot be; includes check_rule.
void check_layer(const MoeLayer& layer);

/// Reads a catalog entry (workloads/catalog), a .yaml file of `kind: moe`, or a model's Hugging Face config
/// (a .json file). Throws InputError.
MoeLayer load_moe_layer(const std::string& name_or_file);

} // namespace moesaic::workloads
