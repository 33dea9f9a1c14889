#include "mappings/neuromorphic/matmul_free.hpp"

#include <fmt/format.h>

#include "mappings/neuromorphic/soma_instructions.hpp"

namespace moesaic::mappings {
namespace {

constexpr int norm_instructions = 24; ///< reciprocal square root: table and one Newton step, once per token
constexpr int scale_instructions = 4; ///< times the scale, rescale
/// Forget gate and output gate by sigmoid, silu of the candidate, the recurrence and the product.
constexpr int recurrence_instructions = 3 * sigmoid_instructions + 10;

class Blocks {
 public:
  explicit Blocks(int hidden) { add("embedding", hidden, 0, {}); }

  int add(const std::string& name, int neurons, int instructions, std::vector<StageInput> inputs,
          int columns = 1) {
    stages.push_back(
        {fmt::format("{} {}", name, chip), neurons, columns, instructions, std::move(inputs), chip});
    return static_cast<int>(stages.size()) - 1;
  }
  /// The normalised output of `from`.
  int norm(int from, int width) {
    const int squares = add("norm", 1, norm_instructions, {{StageInput::dense, from}});
    return add("scale", width, scale_instructions,
               {{StageInput::one_to_one, from}, {StageInput::broadcast, squares}});
  }

  std::vector<NeuronStage> stages;
  int chip = 0;
};

} // namespace

std::vector<NeuronStage> matmul_free_stages(const MatmulFreeModel& model) {
  Blocks blocks(model.hidden);
  int residual = 0;
  for (int b = 0; b < model.blocks; ++b) {
    blocks.chip = b;
    const int mixed = blocks.add("recurrence", model.hidden, recurrence_instructions,
                                 {{StageInput::dense, blocks.norm(residual, model.hidden)}}, 3);
    const int out =
        blocks.add("output", model.hidden, 0, {{StageInput::dense, blocks.norm(mixed, model.hidden)}});
    residual = blocks.add("residual", model.hidden, 0,
                          {{StageInput::one_to_one, residual}, {StageInput::one_to_one, out}});
    const int gated = blocks.add("gate_up", model.inner, swiglu_instructions,
                                 {{StageInput::dense, blocks.norm(residual, model.hidden)}}, 2);
    const int down =
        blocks.add("down", model.hidden, 0, {{StageInput::dense, blocks.norm(gated, model.inner)}});
    residual = blocks.add("residual", model.hidden, 0,
                          {{StageInput::one_to_one, residual}, {StageInput::one_to_one, down}});
  }
  return blocks.stages;
}

} // namespace moesaic::mappings
