#include <doctest/doctest.h>

#include <string>

#include "description/error.hpp"
#include "tests/workloads/temporary_file.hpp"
#include "workloads/hugging_face_config.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

// The keys that matter here, with the values the models publish.
const std::string deepseek_v3 = R"({"model_type": "deepseek_v3", "hidden_act": "silu", "hidden_size": 7168,
  "intermediate_size": 18432, "moe_intermediate_size": 2048, "first_k_dense_replace": 3, "moe_layer_freq": 1,
  "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "n_group": 8, "topk_group": 4,
  "norm_topk_prob": true, "routed_scaling_factor": 2.5, "scoring_func": "sigmoid", "topk_method": "noaux_tc",
  "num_hidden_layers": 61, "vocab_size": 129280})";
const std::string mixtral = R"({"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336,
  "num_local_experts": 8, "num_experts_per_tok": 2, "num_hidden_layers": 32, "hidden_act": "silu"})";
const std::string qwen3 = R"({"model_type": "qwen3_moe", "hidden_size": 4096, "intermediate_size": 12288,
  "moe_intermediate_size": 1536, "num_experts": 128, "num_experts_per_tok": 8, "norm_topk_prob": true,
  "decoder_sparse_step": 1, "mlp_only_layers": [], "num_hidden_layers": 94})";
const std::string gpt_oss = R"({"model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880,
  "num_local_experts": 32, "num_experts_per_tok": 4, "experts_per_token": 4, "num_hidden_layers": 24})";

std::string error_of(std::string text, const std::string& from = "", const std::string& to = "") {
  if (!from.empty())
    text.replace(text.find(from), from.size(), to);
  try {
    parse_hugging_face_config(text, "c.json");
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a config file is taken wherever a workload is") {
    const TemporaryFile file(".json", mixtral);
    CHECK(load_moe_layer(file.path()).routed == 8);
    CHECK_THROWS_WITH_AS(load_moe_layer("/nowhere/config.json"), "/nowhere/config.json: no such file",
                         InputError);
  }

  TEST_CASE("absent, mistyped and contradictory keys are named") {
    CHECK(error_of(mixtral, "\"num_local_experts\"", "\"num_local_expert\"") ==
          "c.json: num_local_experts: is missing ('num_local_expert' stands there: a misspelling?)");
    CHECK(error_of(mixtral, "14336", "null") == "c.json: intermediate_size: is missing");
    CHECK(error_of(mixtral, "14336", "\"wide\"") ==
          "c.json: intermediate_size: expected a whole number, found \"wide\"");
    CHECK(error_of(mixtral, "14336", "1e3").find("expected a whole number") != std::string::npos);
    CHECK(error_of(mixtral, "14336", "-1").find("out of range") != std::string::npos);
    CHECK(error_of(mixtral, "14336", "99999999999999999999") != "");
    CHECK(error_of(mixtral, "silu", "quick_gelu") ==
          "c.json: hidden_act: 'quick_gelu' is not supported, known: silu");
    CHECK(error_of(mixtral, "\"mixtral\"", "\"mixtrel\"") ==
          "c.json: model_type: 'mixtrel' is not supported, did you mean 'mixtral'?");
    CHECK(error_of(mixtral, "\"num_experts_per_tok\": 2", "\"num_experts_per_tok\": 9") ==
          "c.json: router: top_k 9 is out of range, expected 1 to 8 experts");
    CHECK(error_of(deepseek_v3, "\"sigmoid\"", "\"softmax\"") ==
          "c.json: topk_method: 'noaux_tc' contradicts scoring_func 'softmax'");
    CHECK(error_of(deepseek_v3, "\"topk_group\": 4", "\"topk_group\": 9") ==
          "c.json: router: kept_groups 9 is out of range, expected 1 to 8 groups");
    CHECK(error_of(gpt_oss, "\"experts_per_token\": 4", "\"experts_per_token\": 8") ==
          "c.json: experts_per_token: 8 contradicts num_experts_per_tok 4");
    CHECK(error_of(qwen3, "[]", "[3]") == "c.json: mlp_only_layers: only an empty list is supported");
    CHECK(error_of(qwen3, "[]", "3") == "c.json: mlp_only_layers: only an empty list is supported");
    CHECK(error_of(mixtral, "\"hidden_size\"", "\"num_experts\": 16, \"hidden_size\"") ==
          "c.json: num_experts: 16 contradicts num_local_experts 8");
    CHECK(error_of(qwen3, "\"hidden_size\"", "\"experts_per_token\": 4, \"hidden_size\"") ==
          "c.json: experts_per_token: 4 contradicts num_experts_per_tok 8");
    CHECK(error_of(deepseek_v3, "\"noaux_tc\"", "null") == "c.json: topk_method: is missing");
    CHECK(error_of(deepseek_v3, "\"first_k_dense_replace\": 3", "\"first_k_dense_replace\": 61") ==
          "c.json: model: dense_layers 61 leave no MoE layer of 61");
  }

  TEST_CASE("what is not JSON is refused with its line") {
    CHECK(error_of("{\n\"a\": 1,\n oops}").find("c.json:3: not valid JSON") == 0);
    CHECK(error_of("") != "");
    CHECK(error_of("[1]") == "c.json: expected an object at the top level");
    CHECK(error_of("{\"a\": 1, \"a\": 2}") == "c.json: \"a\": stands twice");
    CHECK(error_of("{\"model_type\": 1e999}") != "");
    const int deep = 500000; // such a value once ended the program when a message quoted it
    CHECK(error_of("{\"model_type\": " + std::string(deep, '[') + std::string(deep, ']') + "}") ==
          "c.json: nested deeper than 64 levels");
  }
}
