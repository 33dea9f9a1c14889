#include "mappings/associative/moe_layout.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings::associative {

namespace {

constexpr int group_columns = 8192; // the widest group that sub-group sums reach
constexpr int most_inputs = 256;    // in a vector: each sixteen of them keep a pattern in L1
constexpr std::int64_t chunk = 512; // bytes; what the transfer engines move

int parts(int whole, int part) {
  return (whole + part - 1) / part;
}

} // namespace

std::int64_t ColumnLayout::slot_bytes() const {
  const std::int64_t row = std::int64_t{2} * outputs_per_group;
  if (row % chunk != 0) // gaps smaller than a chunk are moved along
    return std::int64_t{2} * groups * group_columns;
  return row * inputs * groups;
}

ColumnLayout column_layout(const hw::associative::ArrayShape& shape, int outputs, int inputs, int bits) {
  ColumnLayout layout;
  layout.groups = shape.columns / group_columns;
  if (layout.groups < 1)
    throw InputError(
        fmt::format("sub-group sums need {} columns, the array has {}", group_columns, shape.columns));
  layout.outputs_per_group = parts(outputs, layout.groups);
  layout.subgroup = 1;
  while (layout.subgroup < layout.outputs_per_group || group_columns / layout.subgroup > most_inputs)
    layout.subgroup *= 2;
  if (layout.subgroup > group_columns)
    throw InputError(fmt::format("{} outputs do not fit in {} columns: {} too many", outputs, shape.columns,
                                 outputs - shape.columns));
  layout.inputs = group_columns / layout.subgroup;
  layout.spread = std::min(layout.inputs, inputs);
  layout.vectors = parts(inputs, layout.inputs);
  layout.per_slot = 16 / bits;
  layout.pattern_vectors = parts(layout.spread, 16);
  return layout;
}

std::int64_t MoeLayout::expert_bytes() const {
  return gate_up.slots() * gate_up.slot_bytes() + down.slots() * down.slot_bytes();
}

std::int64_t MoeLayout::router_bytes() const {
  return router.slots() * router.slot_bytes();
}

MoeLayout moe_layout(const hw::associative::Description& d, const workloads::MoeLayer& layer, int ffn_part) {
  MoeLayout layout;
  layout.cores = d.cores;
  layout.hidden = layer.hidden;
  layout.hidden_part = parts(layer.hidden, d.cores);
  layout.ffn_part = ffn_part > 0 ? ffn_part : parts(layer.expert_ffn, d.cores);
  layout.experts = layer.routed;
  layout.router = column_layout(d.shape, layer.routed, layout.hidden_part, 16);
  layout.gate_up = column_layout(d.shape, 2 * layout.ffn_part, layer.hidden, 8);
  layout.down = column_layout(d.shape, layer.hidden, layout.ffn_part, 8);
  return layout;
}

} // namespace moesaic::mappings::associative
