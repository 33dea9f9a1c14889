#include "workloads/moe_layer.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/hugging_face_config.hpp"
#include "workloads/sourced_block.hpp"

namespace moesaic::workloads {

void check_rule(const RouterRule& rule, int experts) {
  const auto refuse = [](const std::string& message) { throw InputError("router: " + message); };
  if (rule.top_k < 1 || rule.top_k > experts)
    refuse(fmt::format("top_k {} is out of range, expected 1 to {} experts", rule.top_k, experts));
  if (rule.groups < 1 || experts % rule.groups != 0)
    refuse(fmt::format("{} experts do not divide into {} groups", experts, rule.groups));
  if (rule.kept_groups < 1 || rule.kept_groups > rule.groups)
    refuse(fmt::format("kept_groups {} is out of range, expected 1 to {} groups", rule.kept_groups,
                       rule.groups));
  const int width = experts / rule.groups;
  if (rule.top_k > rule.kept_groups * width)
    refuse(fmt::format("top_k {} exceeds the {} experts of {} kept groups", rule.top_k,
                       rule.kept_groups * width, rule.kept_groups));
  if (rule.groups > 1 && rule.group_score == GroupScore::none)
    refuse("groups need a group_score");
  if (rule.group_score == GroupScore::sum_of_top_2 && width < 2)
    refuse("group_score sum_of_top_2 needs two experts in each group");
  if (rule.score == Score::softmax_of_top_k && rule.groups > 1)
    refuse("score softmax_of_top_k with groups is not supported");
  if (rule.bias && rule.score == Score::softmax)
    refuse("a bias with score softmax is not supported");
  if (!(rule.scale > 0))
    refuse("scale must be above 0");
  if (!(rule.epsilon >= 0))
    refuse("epsilon must not be below 0");
  if (!(rule.capacity_factor >= 0))
    refuse("capacity_factor must not be below 0");
}

void check_layer(const MoeLayer& layer) {
  if (layer.dense_layers >= layer.layers)
    throw InputError(
        fmt::format("model: dense_layers {} leave no MoE layer of {}", layer.dense_layers, layer.layers));
  if (layer.active_parameters > layer.total_parameters)
    throw InputError("model: active_parameters exceed total_parameters");
  check_rule(layer.router, layer.routed);
}

namespace {

int size_at(const Node& block, const std::string& key, int least = 1) {
  return static_cast<int>(block.at(key).integer_in(least, 1 << 20));
}

void read_model(const Node& block, MoeLayer& layer) {
  layer.layers = size_at(block, "layers");
  layer.dense_layers = size_at(block, "dense_layers", 0);
  if (block.has("dense_ffn"))
    layer.dense_ffn = size_at(block, "dense_ffn");
  layer.total_parameters = block.number_or("total_parameters", 0);
  layer.active_parameters = block.number_or("active_parameters", 0);
}

void read_shapes(const Node& block, MoeLayer& layer) {
  layer.hidden = size_at(block, "hidden");
  layer.expert_ffn = size_at(block, "expert_ffn");
  layer.routed = size_at(block, "routed_experts");
  layer.shared = size_at(block, "shared_experts", 0);
  layer.activation = static_cast<Activation>(block.at("activation").choice({"swiglu", "gpt_oss_swiglu"}));
}

RouterRule read_rule(const Node& block) {
  RouterRule rule;
  rule.score = static_cast<Score>(block.at("score").choice({"sigmoid", "softmax", "softmax_of_top_k"}));
  rule.bias = block.boolean_or("bias", false);
  rule.top_k = size_at(block, "top_k");
  if (const auto groups = block.find("groups")) {
    rule.groups = static_cast<int>(groups->integer_in(1, 1 << 20));
    rule.kept_groups = size_at(block, "kept_groups");
    rule.group_score =
        static_cast<GroupScore>(block.at("group_score").choice({"none", "maximum", "sum_of_top_2"}));
    if (const auto mask = block.find("group_mask"))
      rule.group_mask = static_cast<GroupMask>(mask->choice({"minus_infinity", "zero"}));
  }
  rule.normalise = block.boolean_or("normalise", false);
  rule.scale = block.number_or("scale", 1);
  rule.epsilon = block.number_or("epsilon", 0);
  rule.bf16_logits = block.boolean_or("bf16_logits", false);
  rule.capacity_factor = block.number_or("capacity_factor", 0);
  return rule;
}

} // namespace

MoeLayer load_moe_layer(const std::string& name_or_file) {
  if (std::filesystem::path(name_or_file).extension() == ".json")
    return load_hugging_face_config(name_or_file);
  const Document document = Document::load(catalog_file("workloads/catalog", name_or_file, "workload"));
  const Node root = document.root();
  root.find("sources");
  root.at("kind").choice({"moe"});
  MoeLayer layer;
  const std::size_t slash = document.file().rfind('/') + 1; // npos + 1 is 0
  layer.name = document.file().substr(slash, document.file().rfind('.') - slash);
  layer.title = root.at("title").text();
  read_model(sourced_block(document, "model"), layer);
  read_shapes(sourced_block(document, "layer"), layer);
  const Node router = sourced_block(document, "router");
  layer.router = read_rule(router);
  const Node trace = sourced_block(document, "trace");
  layer.load_alpha = trace.at("alpha").number();
  if (layer.load_alpha < 0 || layer.load_alpha > 4)
    trace.at("alpha").fail("is out of range, expected 0 to 4");
  document.reject_unread_keys();
  try {
    check_layer(layer);
  } catch (const InputError& e) {
    throw InputError(document.file() + ": " + e.what());
  }
  return layer;
}

} // namespace moesaic::workloads
