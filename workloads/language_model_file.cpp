// The small language model from its folder.
#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/checkpoint_weights.hpp"
#include "workloads/hugging_face_config.hpp"
#include "workloads/json_file.hpp"
#include "workloads/language_model.hpp"

namespace moesaic::workloads {

namespace {

double number_in(const Json& config, const std::string& file, const char* key, double least, double most) {
  if (!config.contains(key) || !config[key].is_number())
    throw InputError(fmt::format("{}: {}: expected a number", file, key));
  const double value = config[key].get<double>();
  if (!(value >= least && value <= most))
    throw InputError(fmt::format("{}: {}: {} is out of range, expected {} to {}", file, key, value, least, most));
  return value;
}

void read_shapes(const std::string& file, LanguageModel& model) {
  model.layer = load_hugging_face_config(file);
  const Json config = parse_json(read_text_file(file), file);
  if (config["model_type"] != "moesaic_small")
    throw InputError(fmt::format("{}: model_type: a whole language model is read for 'moesaic_small' only", file));
  const auto whole = [&](const char* key, int most) {
    return static_cast<int>(number_in(config, file, key, 1, most));
  };
  model.vocabulary = whole("vocab_size", 256);
  model.context = whole("max_position_embeddings", 1 << 16);
  model.heads = whole("num_attention_heads", 1 << 10);
  model.rope_theta = number_in(config, file, "rope_theta", 1, 1e9);
  model.norm_epsilon = number_in(config, file, "rms_norm_eps", 0, 1);
  if (model.layer.hidden % (2 * model.heads) != 0)
    throw InputError(fmt::format("{}: num_attention_heads: a hidden size of {} does not give {} heads of even width",
                                 file, model.layer.hidden, model.heads));
  if (model.layer.dense_layers != 0)
    throw InputError(fmt::format("{}: first_k_dense_replace: dense layers are not supported", file));
}

LanguageModel::Block read_block(const Checkpoint& checkpoint, const MoeLayer& layer, int index) {
  const std::string at = fmt::format("model.layers.{}.", index);
  const int width = layer.hidden;
  LanguageModel::Block block;
  block.input_norm = checkpoint.read_vector(at + "input_layernorm.weight", width);
  block.post_norm = checkpoint.read_vector(at + "post_attention_layernorm.weight", width);
  block.query = checkpoint.read_matrix(at + "self_attn.q_proj.weight", width, width);
  block.key = checkpoint.read_matrix(at + "self_attn.k_proj.weight", width, width);
  block.value = checkpoint.read_matrix(at + "self_attn.v_proj.weight", width, width);
  block.output = checkpoint.read_matrix(at + "self_attn.o_proj.weight", width, width);
  block.moe = load_weights(checkpoint, layer, index, 1e9);
  return block;
}

} // namespace

LanguageModel load_language_model(const std::string& folder) {
  LanguageModel model;
  read_shapes(folder + "/config.json", model);
  const Checkpoint checkpoint(folder);
  model.embedding =
      checkpoint.read_matrix("model.embed_tokens.weight", model.vocabulary, model.layer.hidden);
  model.norm = checkpoint.read_vector("model.norm.weight", model.layer.hidden);
  model.head = checkpoint.read_matrix("lm_head.weight", model.vocabulary, model.layer.hidden);
  for (int i = 0; i < model.layer.layers; ++i)
    model.blocks.push_back(read_block(checkpoint, model.layer, i));
  return model;
}

} // namespace moesaic::workloads
