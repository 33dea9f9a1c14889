// The configurations that models are published with, as their files have them: all keys that concern the MoE
// layers, and some of those that do not. Each must give the catalog's layer.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "workloads/hugging_face_config.hpp"
#include "workloads/request.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

std::string deepseek_v3_like(const std::string& rest) {
  return R"({"hidden_act": "silu", "hidden_size": 7168, "intermediate_size": 18432, "moe_intermediate_size": 2048,
    "moe_layer_freq": 1, "n_shared_experts": 1, "num_experts_per_tok": 8, "norm_topk_prob": true,
    "scoring_func": "sigmoid", "topk_method": "noaux_tc", "num_hidden_layers": 61, "ep_size": 1,
    "kv_lora_rank": 512, "q_lora_rank": 1536, "aux_loss_alpha": 0.001, "seq_aux": true,
    "quantization_config": {"fmt": "e4m3", "quant_method": "fp8", "weight_block_size": [128, 128]},
    "rope_scaling": {"type": "yarn", "factor": 40, "mscale": 1.0}, )" +
         rest;
}
const std::string deepseek_v3 =
    deepseek_v3_like(R"("model_type": "deepseek_v3", "n_routed_experts": 256, "n_group": 8, "topk_group": 4,
      "first_k_dense_replace": 3, "routed_scaling_factor": 2.5, "num_nextn_predict_layers": 1})");

std::string mixtral(int hidden, int ffn, int layers) {
  return R"({"architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_act": "silu", "hidden_size": )" +
         std::to_string(hidden) + R"(, "intermediate_size": )" + std::to_string(ffn) +
         R"(, "num_hidden_layers": )" + std::to_string(layers) +
         R"(, "num_experts_per_tok": 2, "num_local_experts": 8, "output_router_logits": false,
            "router_aux_loss_coef": 0.02, "sliding_window": null, "rope_theta": 1000000.0})";
}

std::string qwen3(int hidden, int dense, int ffn, int layers) {
  return R"({"architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "decoder_sparse_step": 1,
    "hidden_act": "silu", "mlp_only_layers": [], "norm_topk_prob": true, "num_experts": 128,
    "num_experts_per_tok": 8, "output_router_logits": false, "rope_scaling": null, "hidden_size": )" +
         std::to_string(hidden) + R"(, "intermediate_size": )" + std::to_string(dense) +
         R"(, "moe_intermediate_size": )" + std::to_string(ffn) + R"(, "num_hidden_layers": )" +
         std::to_string(layers) + "}";
}

std::string gpt_oss(int experts, int layers) {
  return R"({"architectures": ["GptOssForCausalLM"], "model_type": "gpt_oss", "hidden_act": "silu",
    "hidden_size": 2880, "intermediate_size": 2880, "experts_per_token": 4, "num_experts_per_tok": 4,
    "swiglu_limit": 7.0, "quantization_config": {"quant_method": "mxfp4"},
    "layer_types": ["sliding_attention", "full_attention"], "num_local_experts": )" +
         std::to_string(experts) + R"(, "num_hidden_layers": )" + std::to_string(layers) + "}";
}

const std::map<std::string, std::string> published{
    {"deepseek-v3", deepseek_v3},
    {"deepseek-r1", deepseek_v3},
    {"kimi-k2",
     deepseek_v3_like(R"("model_type": "kimi_k2", "n_routed_experts": 384, "n_group": 1, "topk_group": 1,
       "first_k_dense_replace": 1, "routed_scaling_factor": 2.827, "num_nextn_predict_layers": 0})")},
    {"deepseek-v2", R"({"model_type": "deepseek_v2", "hidden_act": "silu", "hidden_size": 5120,
       "intermediate_size": 12288, "moe_intermediate_size": 1536, "first_k_dense_replace": 1, "moe_layer_freq": 1,
       "n_routed_experts": 160, "n_shared_experts": 2, "num_experts_per_tok": 6, "n_group": 8, "topk_group": 3,
       "norm_topk_prob": false, "routed_scaling_factor": 16.0, "scoring_func": "softmax",
       "topk_method": "group_limited_greedy", "num_hidden_layers": 60, "aux_loss_alpha": 0.001})"},
    {"deepseek-v2-lite", R"({"model_type": "deepseek_v2", "hidden_act": "silu", "hidden_size": 2048,
       "intermediate_size": 10944, "moe_intermediate_size": 1408, "first_k_dense_replace": 1, "moe_layer_freq": 1,
       "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6, "n_group": 1, "topk_group": 1,
       "norm_topk_prob": false, "routed_scaling_factor": 1.0, "scoring_func": "softmax", "q_lora_rank": null,
       "topk_method": "greedy", "num_hidden_layers": 27})"},
    {"deepseek-moe-16b", R"({"model_type": "deepseek", "hidden_act": "silu", "hidden_size": 2048,
       "intermediate_size": 10944, "moe_intermediate_size": 1408, "first_k_dense_replace": 1, "moe_layer_freq": 1,
       "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6, "norm_topk_prob": false,
       "scoring_func": "softmax", "num_hidden_layers": 28})"},
    {"mixtral-8x7b", mixtral(4096, 14336, 32)},
    {"mixtral-8x22b", mixtral(6144, 16384, 56)},
    {"qwen3-30b-a3b", qwen3(2048, 6144, 768, 48)},
    {"qwen3-235b-a22b", qwen3(4096, 12288, 1536, 94)},
    {"olmoe-1b-7b", R"({"architectures": ["OlmoeForCausalLM"], "model_type": "olmoe", "hidden_act": "silu",
       "clip_qkv": null, "hidden_size": 2048, "intermediate_size": 1024, "norm_topk_prob": false, "num_experts": 64,
       "num_experts_per_tok": 8, "num_hidden_layers": 16, "router_aux_loss_coef": 0.01})"},
    {"gpt-oss-20b", gpt_oss(32, 24)},
    {"gpt-oss-120b", gpt_oss(128, 36)}};

} // namespace

TEST_SUITE("golden") {
  TEST_CASE("published configurations give the catalog's layers, of every published model in it") {
    for (const std::string& name : catalog_names("workloads/catalog")) {
      if (workload_kind(name) != "moe" || name == "reduced-moe" || name == "switch-style")
        continue; // these two are no published model
      CAPTURE(name);
      REQUIRE(published.count(name) == 1);
      const MoeLayer a = parse_hugging_face_config(published.at(name), "x/config.json"), b = load_moe_layer(name);
      CHECK(a.hidden == b.hidden);
      CHECK(a.expert_ffn == b.expert_ffn);
      CHECK(a.routed == b.routed);
      CHECK(a.shared == b.shared);
      CHECK(a.layers == b.layers);
      CHECK(a.dense_layers == b.dense_layers);
      CHECK(a.dense_ffn == b.dense_ffn);
      CHECK(a.activation == b.activation);
      CHECK(a.load_alpha == b.load_alpha);
      CHECK(a.router.score == b.router.score);
      CHECK(a.router.bias == b.router.bias);
      CHECK(a.router.top_k == b.router.top_k);
      CHECK(a.router.groups == b.router.groups);
      CHECK(a.router.kept_groups == b.router.kept_groups);
      CHECK(a.router.group_score == b.router.group_score);
      CHECK(a.router.group_mask == b.router.group_mask);
      CHECK(a.router.normalise == b.router.normalise);
      CHECK(a.router.scale == b.router.scale);
    }
  }

  TEST_CASE("weights of the MoE layers fill the published parameter counts") {
    for (const auto& [name, config] : published) {
      CAPTURE(name);
      const MoeLayer layer = load_moe_layer(name);
      const double experts = double(layer.expert_weights()) * layer.moe_layers(),
                   all = experts * (layer.routed + layer.shared), used = experts * (layer.router.top_k + layer.shared);
      // Attention, embeddings and dense layers are the rest.
      CHECK(all > 0.9 * layer.total_parameters);
      CHECK(all < 1.03 * layer.total_parameters); // rounded to whole billions
      CHECK(used > 0.5 * layer.active_parameters);
      CHECK(used < layer.active_parameters);
    }
  }
}
