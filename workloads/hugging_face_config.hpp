// Hugging Face config.json: the shapes and router of a published model, read directly.
#pragma once

#include <string>

#include "workloads/moe_layer.hpp"

namespace moesaic::workloads {

/// Model types: deepseek, deepseek_v2, deepseek_v3, kimi_k2, mixtral, qwen3_moe, olmoe, gpt_oss. Absent,
/// mistyped or contradictory keys are InputErrors that name file and key. Keys about other parts of the model
/// are not looked at. A config holds neither parameter counts (0 here) nor loads: the exponent is the model
/// family's, as in the catalog.
MoeLayer load_hugging_face_config(const std::string& file);

/// The same from text; `file` is for messages and the layer's name.
MoeLayer parse_hugging_face_config(const std::string& text, const std::string& file);

} // namespace moesaic::workloads
