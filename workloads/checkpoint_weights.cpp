#include "workloads/checkpoint_weights.hpp"

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

namespace {

/// How a model family names the tensors of a layer.
struct Naming {
  std::string router, router_bias, expert, gate, up, down; ///< `expert` is followed by its number
  bool stacked = false; ///< gpt-oss: all experts in one tensor, gate and up interleaved
};

Naming naming_of(const Checkpoint& checkpoint, const MoeLayer& layer, int index) {
  if (index < layer.dense_layers || index >= layer.layers)
    throw InputError(fmt::format("layer {} is no MoE layer of {}, expected {} to {}", index, layer.name,
                                 layer.dense_layers, layer.layers - 1));
  const std::string at = fmt::format("model.layers.{}.", index);
  if (checkpoint.has(at + "block_sparse_moe.gate.weight"))
    return {at + "block_sparse_moe.gate.weight", "", at + "block_sparse_moe.experts.", "w1", "w3", "w2"};
  if (checkpoint.has(at + "mlp.router.weight"))
    return {at + "mlp.router.weight", at + "mlp.router.bias", at + "mlp.experts.", "", "", "", true};
  if (checkpoint.has(at + "mlp.gate.weight"))
    return {at + "mlp.gate.weight",
            at + "mlp.gate.e_score_correction_bias",
            at + "mlp.experts.",
            "gate_proj",
            "up_proj",
            "down_proj"};
  throw InputError(fmt::format("layer {}: no router tensor under any published name ({}mlp.gate.weight, "
                               "{}block_sparse_moe.gate.weight, {}mlp.router.weight)",
                               index, at, at, at));
}

ExpertWeights read_single(const Checkpoint& checkpoint, const MoeLayer& layer, const Naming& names,
                          int expert) {
  const std::string at = fmt::format("{}{}.", names.expert, expert);
  ExpertWeights weights;
  weights.gate = checkpoint.read_matrix(at + names.gate + ".weight", layer.expert_ffn, layer.hidden);
  weights.up = checkpoint.read_matrix(at + names.up + ".weight", layer.expert_ffn, layer.hidden);
  weights.down = checkpoint.read_matrix(at + names.down + ".weight", layer.hidden, layer.expert_ffn);
  return weights;
}

void check_shape(const Checkpoint& checkpoint, const std::string& tensor,
                 const std::vector<std::int64_t>& shape) {
  const auto& found = checkpoint.entry(tensor).shape;
  if (found != shape)
    throw InputError(
        fmt::format("tensor {}: shape [{}], expected [{}]", tensor, shape_text(found), shape_text(shape)));
}

/// gpt-oss: gate_up_proj is experts x hidden x 2 ffn with gate and up alternating, down_proj experts x ffn x
/// hidden, both transposed against ours.
std::vector<ExpertWeights> read_stacked(const Checkpoint& checkpoint, const MoeLayer& layer,
                                        const Naming& names) {
  if (checkpoint.has(names.expert + "gate_up_proj_blocks"))
    throw InputError(fmt::format(
        "tensor {}gate_up_proj_blocks: MXFP4 weights are not supported, a BF16 copy is", names.expert));
  const int ffn = layer.expert_ffn, hidden = layer.hidden;
  check_shape(checkpoint, names.expert + "gate_up_proj", {layer.routed, hidden, 2 * ffn});
  check_shape(checkpoint, names.expert + "gate_up_proj_bias", {layer.routed, 2 * ffn});
  check_shape(checkpoint, names.expert + "down_proj", {layer.routed, ffn, hidden});
  check_shape(checkpoint, names.expert + "down_proj_bias", {layer.routed, hidden});
  const auto gate_up = checkpoint.read(names.expert + "gate_up_proj"),
             down = checkpoint.read(names.expert + "down_proj");
  const auto bias = checkpoint.read(names.expert + "gate_up_proj_bias"),
             down_bias = checkpoint.read(names.expert + "down_proj_bias");
  std::vector<ExpertWeights> experts;
  for (int e = 0; e < layer.routed; ++e) {
    ExpertWeights w{Matrix(ffn, hidden), Matrix(ffn, hidden), Matrix(hidden, ffn), {}, {}, {}};
    const auto n = static_cast<std::size_t>(e), h = static_cast<std::size_t>(hidden),
               f = static_cast<std::size_t>(ffn);
    for (int r = 0; r < ffn; ++r)
      for (int c = 0; c < hidden; ++c) {
        const auto i = static_cast<std::size_t>(r), j = static_cast<std::size_t>(c);
        w.gate.at(r, c) = gate_up[(n * h + j) * 2 * f + 2 * i];
        w.up.at(r, c) = gate_up[(n * h + j) * 2 * f + 2 * i + 1];
        w.down.at(c, r) = down[(n * f + i) * h + j];
      }
    for (std::size_t i = 0; i < f; ++i) {
      w.gate_bias.push_back(bias[n * 2 * f + 2 * i]);
      w.up_bias.push_back(bias[n * 2 * f + 2 * i + 1]);
    }
    w.down_bias.assign(down_bias.begin() + static_cast<std::ptrdiff_t>(n * h),
                       down_bias.begin() + static_cast<std::ptrdiff_t>((n + 1) * h));
    experts.push_back(std::move(w));
  }
  return experts;
}

/// Shared experts are stored as one of `shared` times the width; its rows (columns of down) belong to one
/// after another.
std::vector<ExpertWeights> read_shared(const Checkpoint& checkpoint, const MoeLayer& layer, int index) {
  if (layer.shared == 0)
    return {};
  const std::string at = fmt::format("model.layers.{}.mlp.shared_experts.", index);
  const int ffn = layer.expert_ffn, wide = layer.shared * ffn;
  const Matrix gate = checkpoint.read_matrix(at + "gate_proj.weight", wide, layer.hidden);
  const Matrix up = checkpoint.read_matrix(at + "up_proj.weight", wide, layer.hidden);
  const Matrix down = checkpoint.read_matrix(at + "down_proj.weight", layer.hidden, wide);
  std::vector<ExpertWeights> experts;
  for (int s = 0; s < layer.shared; ++s) {
    ExpertWeights w{
        Matrix(ffn, layer.hidden), Matrix(ffn, layer.hidden), Matrix(layer.hidden, ffn), {}, {}, {}};
    for (int r = 0; r < ffn; ++r)
      for (int c = 0; c < layer.hidden; ++c) {
        w.gate.at(r, c) = gate.at(s * ffn + r, c);
        w.up.at(r, c) = up.at(s * ffn + r, c);
        w.down.at(c, r) = down.at(c, s * ffn + r);
      }
    experts.push_back(std::move(w));
  }
  return experts;
}

} // namespace

ExpertWeights load_expert(const Checkpoint& checkpoint, const MoeLayer& layer, int index, int expert) {
  if (expert < 0 || expert >= layer.routed)
    throw InputError(fmt::format("expert {} is out of range, expected 0 to {}", expert, layer.routed - 1));
  const Naming names = naming_of(checkpoint, layer, index);
  if (names.stacked)
    return read_stacked(checkpoint, layer, names)[static_cast<std::size_t>(expert)];
  return read_single(checkpoint, layer, names, expert);
}

MoeWeights load_weights(const Checkpoint& checkpoint, const MoeLayer& layer, int index, double most_bytes) {
  const Naming names = naming_of(checkpoint, layer, index);
  check_weights_fit(layer, most_bytes);
  MoeWeights weights;
  weights.router = checkpoint.read_matrix(names.router, layer.routed, layer.hidden);
  if (layer.router.bias)
    weights.router_bias = checkpoint.read_vector(names.router_bias, layer.routed);
  if (names.stacked)
    weights.experts = read_stacked(checkpoint, layer, names);
  else
    for (int e = 0; e < layer.routed; ++e)
      weights.experts.push_back(read_single(checkpoint, layer, names, e));
  weights.shared = read_shared(checkpoint, layer, index);
  return weights;
}

} // namespace moesaic::workloads
