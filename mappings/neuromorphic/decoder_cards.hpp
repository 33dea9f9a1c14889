// A decoder language model on chips that hold its weights and caches and run one product after another, each over
// all cores: one or two chips per layer, tokens passed on from chip to chip.
#pragma once

#include <string>
#include <vector>

#include "hw/neuromorphic/chip.hpp"

namespace moesaic::mappings {

/// Shape of a decoder with grouped queries and a gated feed-forward part.
struct DecoderModel {
  std::string name;
  int layers = 0, hidden = 0, inner = 0;
  int keys = 0; ///< width of the keys, and of the values: heads that are stored x head width
  int vocabulary = 0;
  int context = 0; ///< positions per user
  int users = 0;
  int weight_bits = 4, cache_bits = 8;
  int head_chips = 1; ///< chips over which the output matrix is spread
};

/// rows x columns weights, each used once per token.
struct ChipProduct {
  std::string name;
  int rows = 0, columns = 0, bits = 0;
  int columns_per_neuron = 1; ///< of the columns, those that one result is made of
  int instructions = 0;       ///< per result, beyond the plain update
};

/// Chips of the pipeline that do the same.
struct PipelineChip {
  std::string name;
  int count = 0;
  std::vector<ChipProduct> products; ///< one after another
  double bytes = 0;                  ///< of weights and of all users' caches
};

/// The chips that hold the model: a layer on one, or attention and feed-forward on one each where one chip does not
/// hold both; then the output matrix. Throws InputError when that does not fit either.
std::vector<PipelineChip> decoder_chips(const hw::Chip& chip, const DecoderModel& model);

/// One product spread over all cores but the one that its input comes from, or as many as it has results. Time and counts,
/// no values.
hw::Program product_program(const hw::Chip& chip, const ChipProduct& product);

} // namespace moesaic::mappings
