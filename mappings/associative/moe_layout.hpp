// How the matrices of an MoE layer lie in the columns of an associative processor.
#pragma once

#include <cstdint>

#include "hw/associative/description.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::mappings::associative {

/// One matrix in column form. The columns are cut into groups of 8192; the outputs are spread over the
/// groups; inside a group stand sub-groups of `subgroup` columns, each for one input, so that a vector holds
/// `inputs` columns of the matrix.
struct ColumnLayout {
  int groups = 0;            ///< of 8192 columns
  int outputs_per_group = 0; ///< used columns of a sub-group
  int subgroup = 0;          ///< columns, a power of two
  int inputs = 0;            ///< inputs per vector
  int spread = 0;            ///< of these, the ones that exist
  int vectors = 0;           ///< for all inputs
  int per_slot = 1;          ///< vectors in one transferred vector: 2 for int8
  int pattern_vectors = 0;   ///< 16 sub-groups' patterns in each

  int slots() const { return (vectors + per_slot - 1) / per_slot; }
  /// Column of output o for input i of a vector.
  int column(int output, int input) const {
    return output / outputs_per_group * 8192 + input * subgroup + output % outputs_per_group;
  }
  /// Bytes of one transfer: what the used columns need, in pieces of 512 bytes.
  std::int64_t slot_bytes() const;
};

/// Throws InputError where the outputs do not fit in the columns.
ColumnLayout column_layout(const hw::associative::ArrayShape& shape, int outputs, int inputs, int bits);

/// The whole layer. A core holds parts of experts' inner width, all in columns for `ffn_part` units, and for the router the
/// c-th part of the hidden width.
struct MoeLayout {
  int cores = 1;
  int hidden = 0, hidden_part = 0, ffn_part = 0, experts = 0; ///< parts are those of one core
  ColumnLayout router, gate_up, down; ///< gate_up: outputs are gate, then up, of the part

  std::int64_t expert_bytes() const; ///< of one core's part of one expert
  std::int64_t router_bytes() const; ///< of one core's part
};

/// `ffn_part`: inner units of the widest part; 0: what an even cut over the card's cores gives.
MoeLayout moe_layout(const hw::associative::Description& description, const workloads::MoeLayer& layer, int ffn_part = 0);

} // namespace moesaic::mappings::associative
