#include "workloads/hugging_face_config.hpp"

#include <cmath>
#include <filesystem>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/json_file.hpp"

namespace moesaic::workloads {

namespace {

/// The keys of one config, read with care.
class Config {
 public:
  Config(const std::string& text, const std::string& file) : file_(file), json_(parse_json(text, file)) {
    if (!json_.is_object())
      throw InputError(file + ": expected an object at the top level");
  }

  [[noreturn]] void fail(const std::string& key, const std::string& message) const {
    throw InputError(fmt::format("{}: {}: {}", file_, key, message));
  }

  /// Absent and null are the same to Hugging Face's readers.
  bool has(const std::string& key) const { return json_.contains(key) && !json_[key].is_null(); }

  int integer(const std::string& key, int least = 1) const {
    const Json& value = at(key);
    if (!value.is_number_integer())
      fail(key, fmt::format("expected a whole number, found {}", short_text(value)));
    const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > (1u << 20);
    if (too_large || value.get<std::int64_t>() < least)
      fail(key, fmt::format("{} is out of range, expected {} to {}", short_text(value), least, 1 << 20));
    return value.get<int>();
  }
  int integer_or(const std::string& key, int fallback, int least = 1) const {
    return has(key) ? integer(key, least) : fallback;
  }

  double number(const std::string& key) const {
    const Json& value = at(key);
    if (!value.is_number())
      fail(key, fmt::format("expected a number, found {}", short_text(value)));
    return value.get<double>();
  }

  bool boolean(const std::string& key) const {
    const Json& value = at(key);
    if (!value.is_boolean())
      fail(key, fmt::format("expected true or false, found {}", short_text(value)));
    return value.get<bool>();
  }

  std::string one_of(const std::string& key, const std::vector<std::string>& choices) const {
    const Json& value = at(key);
    if (!value.is_string())
      fail(key, fmt::format("expected a text, found {}", short_text(value)));
    const auto text = value.get<std::string>();
    for (const auto& choice : choices)
      if (choice == text)
        return text;
    fail(key, fmt::format("'{}' is not supported{}", text, suggestion(text, choices)));
  }

  /// Two keys that mean the same must not differ.
  void require_equal(const std::string& key, int value, const std::string& other) const {
    if (has(key) && integer(key) != value)
      fail(key, fmt::format("{} contradicts {} {}", integer(key), other, value));
  }

  /// The number of experts, which some tools write under other families' names too.
  int experts(const std::string& key) const {
    const int count = integer(key);
    for (const char* other : {"n_routed_experts", "num_local_experts", "num_experts"})
      if (other != key)
        require_equal(other, count, key);
    return count;
  }

  void require_empty_list(const std::string& key) const {
    if (has(key) && (!json_[key].is_array() || !json_[key].empty()))
      fail(key, "only an empty list is supported");
  }

 private:
  const Json& at(const std::string& key) const {
    if (!has(key)) {
      std::vector<std::string> keys;
      for (const auto& item : json_.items())
        keys.push_back(item.key());
      const std::string near = nearest_name(key, keys);
      fail(key, near.empty() || near == key ? "is missing"
                                            : "is missing ('" + near + "' stands there: a misspelling?)");
    }
    return json_[key];
  }

  std::string file_;
  Json json_;
};

void read_common(const Config& config, MoeLayer& layer) {
  layer.hidden = config.integer("hidden_size");
  layer.layers = config.integer("num_hidden_layers");
  layer.router.top_k = config.integer("num_experts_per_tok");
  config.require_equal("experts_per_token", layer.router.top_k, "num_experts_per_tok");
  if (config.has("hidden_act"))
    config.one_of("hidden_act", {"silu"});
}

/// The DeepSeek family: shared experts, dense layers first, group limits from V2 on, sigmoid and bias from V3
/// on.
void read_deepseek(const Config& config, MoeLayer& layer) {
  layer.expert_ffn = config.integer("moe_intermediate_size");
  layer.dense_ffn = config.integer("intermediate_size");
  layer.routed = config.experts("n_routed_experts");
  layer.shared = config.integer_or("n_shared_experts", 0, 0);
  layer.dense_layers = config.integer("first_k_dense_replace", 0);
  if (config.integer_or("moe_layer_freq", 1) != 1)
    config.fail("moe_layer_freq", "only 1 is supported");
  RouterRule& rule = layer.router;
  rule.normalise = config.boolean("norm_topk_prob");
  if (config.has("routed_scaling_factor"))
    rule.scale = config.number("routed_scaling_factor");
  if (config.one_of("scoring_func", {"sigmoid", "softmax"}) == "sigmoid")
    rule.score = Score::sigmoid;
  const bool plain = rule.score == Score::softmax && !config.has("topk_method"); // DeepSeekMoE-16B
  const std::string method =
      plain ? "greedy" : config.one_of("topk_method", {"noaux_tc", "group_limited_greedy", "greedy"});
  if ((method == "noaux_tc") != (rule.score == Score::sigmoid))
    config.fail("topk_method", fmt::format("'{}' contradicts scoring_func '{}'", method,
                                           rule.score == Score::sigmoid ? "sigmoid" : "softmax"));
  rule.bias = method == "noaux_tc";
  if (method == "greedy")
    return; // n_group stands there in some configs, unused
  rule.groups = config.integer("n_group");
  rule.kept_groups = config.integer("topk_group");
  if (rule.groups > 1)
    rule.group_score = method == "noaux_tc" ? GroupScore::sum_of_top_2 : GroupScore::maximum;
  if (method == "group_limited_greedy")
    rule.group_mask = GroupMask::zero;
}

void read_mixtral(const Config& config, MoeLayer& layer) {
  layer.expert_ffn = config.integer("intermediate_size");
  layer.routed = config.experts("num_local_experts");
  layer.router.normalise = true;
}

void read_qwen3(const Config& config, MoeLayer& layer) {
  layer.expert_ffn = config.integer("moe_intermediate_size");
  layer.routed = config.experts("num_experts");
  layer.router.normalise = config.boolean("norm_topk_prob");
  layer.load_alpha = 1.2;
  if (config.integer_or("decoder_sparse_step", 1) != 1)
    config.fail("decoder_sparse_step", "only 1 is supported");
  config.require_empty_list("mlp_only_layers");
}

void read_olmoe(const Config& config, MoeLayer& layer) {
  layer.expert_ffn = config.integer("intermediate_size");
  layer.routed = config.experts("num_experts");
  layer.router.normalise = config.boolean("norm_topk_prob");
}

void read_gpt_oss(const Config& config, MoeLayer& layer) {
  layer.expert_ffn = config.integer("intermediate_size");
  layer.routed = config.experts("num_local_experts");
  layer.router.score = Score::softmax_of_top_k;
  layer.router.bias = true;
  layer.activation = Activation::gpt_oss_swiglu;
}

const std::map<std::string, std::function<void(const Config&, MoeLayer&)>> readers{
    {"deepseek", read_deepseek}, {"deepseek_v2", read_deepseek}, {"deepseek_v3", read_deepseek},
    {"kimi_k2", read_deepseek},  {"mixtral", read_mixtral},      {"qwen3_moe", read_qwen3},
    {"olmoe", read_olmoe},       {"gpt_oss", read_gpt_oss},       {"moesaic_small", read_deepseek}};

} // namespace

MoeLayer parse_hugging_face_config(const std::string& text, const std::string& file) {
  const Config config(text, file);
  std::vector<std::string> types;
  for (const auto& reader : readers)
    types.push_back(reader.first);
  MoeLayer layer;
  layer.load_alpha = 1.01;
  const std::string type = config.one_of("model_type", types);
  read_common(config, layer);
  readers.at(type)(config, layer);
  const std::filesystem::path path(file);
  const std::string folder = std::filesystem::absolute(path).parent_path().filename().string();
  layer.name = path.stem() == "config" && !folder.empty() ? folder : path.stem().string();
  layer.title = fmt::format("{} ({})", layer.name, type);
  try {
    check_layer(layer);
  } catch (const InputError& e) {
    throw InputError(file + ": " + e.what());
  }
  return layer;
}

MoeLayer load_hugging_face_config(const std::string& file) {
  return parse_hugging_face_config(read_text_file(file), file);
}

} // namespace moesaic::workloads
