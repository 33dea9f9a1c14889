#include <doctest/doctest.h>

#include <functional>

#include "description/error.hpp"
#include "tests/workloads/safetensors_builder.hpp"
#include "tests/workloads/temporary_file.hpp"
#include "workloads/checkpoint_weights.hpp"
#include "workloads/reference.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

MoeLayer small_layer(int shared) {
  MoeLayer layer;
  layer.name = "small";
  layer.hidden = 4;
  layer.expert_ffn = 3;
  layer.routed = 2;
  layer.shared = shared;
  layer.layers = 2;
  layer.dense_layers = 1;
  return layer;
}

void add_matrix(SafetensorsBuilder& builder, const std::string& name, const Matrix& m) {
  builder.add(name, "BF16", {m.rows, m.cols}, m.value);
}

/// The experts' matrices under the given names.
void add_experts(SafetensorsBuilder& builder, const MoeWeights& weights, const std::string& at,
                 const char* gate, const char* up, const char* down) {
  for (std::size_t e = 0; e < weights.experts.size(); ++e) {
    const std::string name = at + std::to_string(e) + ".";
    add_matrix(builder, name + gate + ".weight", weights.experts[e].gate);
    add_matrix(builder, name + up + ".weight", weights.experts[e].up);
    add_matrix(builder, name + down + ".weight", weights.experts[e].down);
  }
}

/// What is read back must compute the same layer.
void check_same(const MoeLayer& layer, const MoeWeights& weights, const SafetensorsBuilder& builder) {
  const TemporaryFile file(".safetensors", builder.file());
  const Checkpoint checkpoint(file.path());
  const MoeWeights read = load_weights(checkpoint, layer, 1);
  CHECK(read.router.value == weights.router.value);
  CHECK(read.router_bias == weights.router_bias);
  const Matrix hidden = make_hidden_states(layer, 3, 1);
  CHECK(run_reference(layer, read, hidden).output == run_reference(layer, weights, hidden).output);
  CHECK(load_expert(checkpoint, layer, 1, 1).down.value == weights.experts[1].down.value);
  CHECK_THROWS_WITH_AS(load_weights(checkpoint, layer, 0),
                       "layer 0 is no MoE layer of small, expected 1 to 1", InputError);
  CHECK_THROWS_AS(load_expert(checkpoint, layer, 1, 2), InputError);
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("DeepSeek's names: correction bias, and two shared experts stored as one wide one") {
    MoeLayer layer = small_layer(2);
    layer.router.score = Score::sigmoid;
    layer.router.bias = true;
    const MoeWeights weights = make_weights(layer, 1);
    SafetensorsBuilder builder;
    const std::string at = "model.layers.1.mlp.";
    add_matrix(builder, at + "gate.weight", weights.router);
    builder.add(at + "gate.e_score_correction_bias", "F32", {2}, weights.router_bias);
    add_experts(builder, weights, at + "experts.", "gate_proj", "up_proj", "down_proj");
    Matrix gate(6, 4), up(6, 4), down(4, 6);
    for (int r = 0; r < 6; ++r)
      for (int c = 0; c < 4; ++c) {
        const auto& expert = weights.shared[static_cast<std::size_t>(r / 3)];
        gate.at(r, c) = expert.gate.at(r % 3, c);
        up.at(r, c) = expert.up.at(r % 3, c);
        down.at(c, r) = expert.down.at(c, r % 3);
      }
    add_matrix(builder, at + "shared_experts.gate_proj.weight", gate);
    add_matrix(builder, at + "shared_experts.up_proj.weight", up);
    add_matrix(builder, at + "shared_experts.down_proj.weight", down);
    check_same(layer, weights, builder);
  }

  TEST_CASE("Mixtral's names: w1 is the gate, w3 up, w2 down") {
    const MoeLayer layer = small_layer(0);
    const MoeWeights weights = make_weights(layer, 2);
    SafetensorsBuilder builder;
    add_matrix(builder, "model.layers.1.block_sparse_moe.gate.weight", weights.router);
    add_experts(builder, weights, "model.layers.1.block_sparse_moe.experts.", "w1", "w3", "w2");
    check_same(layer, weights, builder);
  }

  TEST_CASE("Qwen3's and OLMoE's names") {
    const MoeLayer layer = small_layer(0);
    const MoeWeights weights = make_weights(layer, 3);
    SafetensorsBuilder builder;
    add_matrix(builder, "model.layers.1.mlp.gate.weight", weights.router);
    add_experts(builder, weights, "model.layers.1.mlp.experts.", "gate_proj", "up_proj", "down_proj");
    check_same(layer, weights, builder);
  }

  TEST_CASE("gpt-oss stacks its experts, gate and up alternating, with biases") {
    MoeLayer layer = small_layer(0);
    layer.activation = Activation::gpt_oss_swiglu;
    layer.router.score = Score::softmax_of_top_k;
    layer.router.bias = true;
    const MoeWeights weights = make_weights(layer, 4);
    const auto stack = [&](const std::function<void(const ExpertWeights&, std::vector<float>&)>& append) {
      std::vector<float> all;
      for (const auto& expert : weights.experts)
        append(expert, all);
      return all;
    };
    SafetensorsBuilder builder;
    const std::string at = "model.layers.1.mlp.";
    add_matrix(builder, at + "router.weight", weights.router);
    builder.add(at + "router.bias", "BF16", {2}, weights.router_bias);
    builder.add(at + "experts.gate_up_proj", "BF16", {2, 4, 6},
                stack([](const ExpertWeights& w, std::vector<float>& all) {
                  for (int c = 0; c < 4; ++c)
                    for (int r = 0; r < 3; ++r)
                      all.insert(all.end(), {w.gate.at(r, c), w.up.at(r, c)});
                }));
    builder.add(at + "experts.gate_up_proj_bias", "BF16", {2, 6},
                stack([](const ExpertWeights& w, std::vector<float>& all) {
                  for (std::size_t r = 0; r < 3; ++r)
                    all.insert(all.end(), {w.gate_bias[r], w.up_bias[r]});
                }));
    builder.add(at + "experts.down_proj", "BF16", {2, 3, 4},
                stack([](const ExpertWeights& w, std::vector<float>& all) {
                  for (int c = 0; c < 3; ++c)
                    for (int r = 0; r < 4; ++r)
                      all.push_back(w.down.at(r, c));
                }));
    builder.add(at + "experts.down_proj_bias", "BF16", {2, 4},
                stack([](const ExpertWeights& w, std::vector<float>& all) {
                  all.insert(all.end(), w.down_bias.begin(), w.down_bias.end());
                }));
    check_same(layer, weights, builder);
  }

  TEST_CASE("a layer without any router, missing experts and MXFP4 blocks are refused by name") {
    const MoeLayer layer = small_layer(0);
    const MoeWeights weights = make_weights(layer, 5);
    const auto error_of = [&](const SafetensorsBuilder& builder) {
      const TemporaryFile file(".safetensors", builder.file());
      try {
        load_weights(Checkpoint(file.path()), layer, 1);
      } catch (const InputError& e) {
        return std::string(e.what());
      }
      return std::string();
    };
    SafetensorsBuilder builder;
    add_matrix(builder, "other", weights.router);
    CHECK(error_of(builder).find("layer 1: no router tensor under any published name") == 0);
    SafetensorsBuilder lacking;
    add_matrix(lacking, "model.layers.1.mlp.gate.weight", weights.router);
    CHECK(error_of(lacking).find("tensor model.layers.1.mlp.experts.0.gate_proj.weight is missing") !=
          std::string::npos);
    SafetensorsBuilder blocks;
    add_matrix(blocks, "model.layers.1.mlp.router.weight", weights.router);
    blocks.add("model.layers.1.mlp.experts.gate_up_proj_blocks", "U8", {0}, {});
    CHECK(error_of(blocks).find("MXFP4 weights are not supported") != std::string::npos);
  }
}
