#include "mappings/neuromorphic/moe_tables.hpp"

namespace moesaic::mappings {

static hw::SynapseTable table(hw::SynapseFormat format, int rows, int columns, int delay) {
  hw::SynapseTable made;
  made.format = format;
  made.rows = rows;
  made.columns = columns;
  made.delay = delay;
  made.weight_bits = format == hw::SynapseFormat::one_to_one ? 1 : 8;
  return made;
}

hw::SynapseTable router_table(int hidden, int outputs) {
  return table(hw::SynapseFormat::dense, hidden, outputs * router_planes, router_stage - source_stage);
}
hw::SynapseTable choice_table(int experts) {
  return table(hw::SynapseFormat::one_to_one, experts, experts, choice_stage - router_stage);
}
hw::SynapseTable dispatch_table(int first_channel, int channels) {
  hw::SynapseTable made =
      table(hw::SynapseFormat::one_to_one, channels, channels, dispatch_stage - source_stage);
  made.first_row = first_channel;
  return made;
}
hw::SynapseTable gate_up_table(int hidden, int pairs, bool streamed) {
  hw::SynapseTable made = table(hw::SynapseFormat::dense, hidden, 2 * pairs, gate_up_stage - dispatch_stage);
  made.streamed = streamed;
  return made;
}
hw::SynapseTable down_table(int width, int columns, bool streamed) {
  hw::SynapseTable made = table(hw::SynapseFormat::dense, width, columns, down_stage - gate_up_stage);
  made.streamed = streamed;
  return made;
}
hw::SynapseTable combine_table(int channels) {
  return table(hw::SynapseFormat::one_to_one, channels, channels, combine_stage - down_stage);
}
hw::SynapseTable gate_table(int delay) {
  return table(hw::SynapseFormat::one_to_one, 1, 1, delay);
}

} // namespace moesaic::mappings
