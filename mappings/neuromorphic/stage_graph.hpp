// Stages of neurons that pass a token on in successive time steps: the shape of feed-forward and recurrent
// language models on a neuromorphic chip. Lowered for time and counts, without values.
#pragma once

#include <string>
#include <vector>

#include "hw/neuromorphic/chip.hpp"

namespace moesaic::mappings {

/// Where a stage's input comes from. dense: all to all. one_to_one: neuron i from neuron i. broadcast: the
/// other stage's only neuron to all.
struct StageInput {
  enum Kind { dense, one_to_one, broadcast } kind = dense;
  int from = 0; ///< an earlier stage
};

struct NeuronStage {
  std::string name;
  int neurons = 0;
  int columns_per_neuron = 1; ///< matrices that this stage multiplies its dense input with
  int instructions = 0;
  std::vector<StageInput> inputs; ///< the last one is the latest and makes the stage run; none: the source
  int chip = 0;
};

/// A program in which stage i works on token t in time step t + i, on as few cores as hold its weights.
/// Throws InputError when a chip's cores do not suffice, with how many are too few.
hw::Program make_stage_program(const hw::Chip& chip, const std::string& name, int chips,
                               const std::vector<NeuronStage>& stages);

} // namespace moesaic::mappings
