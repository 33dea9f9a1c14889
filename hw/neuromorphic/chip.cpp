#include "hw/neuromorphic/chip.hpp"
#include "hw/neuromorphic/chip_tree.hpp"
#include "hw/noc/flit.hpp"
#include "hw/process_node.hpp"

#include <algorithm>

namespace moesaic::hw {
namespace {

int count_of(const Node& node, const char* key) {
  const Figure figure = node.figure(key, dimension::count);
  if (figure.value < 1 || figure.value > 1e9)
    node.at(key).fail("expected a count from 1 to 1e9");
  return static_cast<int>(figure.value);
}

int bits_of(const Node& node, const char* key) {
  const double bits = node.figure(key, dimension::data).value * 8;
  if (bits < 1 || bits > 64)
    node.at(key).fail("expected 1 to 64 bits");
  return static_cast<int>(bits + 0.5);
}

Figure not_negative(const Node& node, const char* key, const Dimension& dimension) {
  const Figure figure = node.figure(key, dimension);
  if (figure.low < 0)
    node.at(key).fail("must not be negative, nor the low end of its interval");
  return figure;
}

Figure positive(const Node& node, const char* key, const Dimension& dimension) {
  const Figure figure = node.figure(key, dimension);
  if (figure.low <= 0)
    node.at(key).fail("must be positive, and so the low end of its interval");
  return figure;
}

std::optional<Figure> find_positive(const Node& node, const char* key, const Dimension& dimension) {
  return node.has(key) ? std::optional(positive(node, key, dimension)) : std::nullopt;
}

Operation operation(const Node& node, const char* key) {
  const Node entry = node.at(key);
  return {not_negative(entry, "latency", dimension::time), not_negative(entry, "energy", dimension::energy)};
}

CoreMemory core_memory(const Node& node) {
  CoreMemory memory;
  memory.shared = node.at("shared").boolean();
  memory.convolution = node.boolean_or("convolution", false);
  memory.crossbar = node.boolean_or("crossbar", false);
  memory.size = not_negative(node, "size", dimension::data);
  memory.neurons = not_negative(node, "neurons", dimension::count);
  memory.fan_in = not_negative(node, "fan_in", dimension::count);
  memory.fan_out = not_negative(node, "fan_out", dimension::count);
  memory.neuron_state = not_negative(node, "neuron_state", dimension::data);
  memory.axon_entry = not_negative(node, "axon_entry", dimension::data);
  memory.program = not_negative(node, "program", dimension::data);
  return memory;
}

OuterMemory outer_memory(const Node& node) {
  return {positive(node, "size", dimension::data),     positive(node, "bandwidth", dimension::bandwidth),
          not_negative(node, "latency", dimension::time), positive(node, "burst", dimension::data),
          not_negative(node, "energy", dimension::energy), not_negative(node, "static_power", dimension::power)};
}

void read_core(Chip& chip, const Node& node) {
  chip.axon_in_queue = count_of(node, "axon_in_queue");
  chip.axon_out_queue = count_of(node, "axon_out_queue");
  chip.axon_in = operation(node, "axon_in");
  chip.synapse_dense = operation(node, "synapse_dense");
  chip.synapse_sparse = operation(node, "synapse_sparse");
  chip.synapse_convolution = operation(node, "synapse_convolution");
  chip.weight_bandwidth = find_positive(node, "weight_bandwidth", dimension::bandwidth);
  chip.dendrite = operation(node, "dendrite");
  chip.neuron_access = operation(node, "neuron_access");
  chip.neuron_update = operation(node, "neuron_update");
  chip.idle_update = operation(node, "idle_update");
  chip.instruction = operation(node, "instruction");
  chip.spike = operation(node, "spike");
  chip.axon_out = operation(node, "axon_out");
}

void read_network(Chip& chip, const Node& node) {
  chip.router_buffer = count_of(node, "buffer");
  chip.network_cycle = positive(node, "cycle", dimension::time);
  chip.network_resolution = node.find_figure("resolution", dimension::time);
  if (chip.network_resolution &&
      (chip.network_resolution->value <= 0 || chip.network_resolution->value > chip.network_cycle.low))
    node.at("resolution").fail("must be positive and at most the cycle");
  chip.east_west = operation(node, "east_west");
  chip.north_south = operation(node, "north_south");
}

ChipLink chip_link(const Node& node) {
  return {not_negative(node, "latency", dimension::time), positive(node, "bandwidth", dimension::bandwidth),
          node.figure("message", dimension::data), not_negative(node, "energy", dimension::energy)};
}

/// Chips stand in a grid with a link per side, or below switches.
void read_joints(Chip& chip, const Node& root) {
  const auto tree = root.find("tree");
  if (!tree) {
    chip.link = chip_link(root.at("link"));
    return;
  }
  if (root.has("link"))
    root.at("link").fail("contradicts `tree`: chips below switches have no links to each other");
  if (chip.static_schedule)
    tree->fail("not supported with static_schedule: such chips hand a token on along a chain");
  for (const Node& level : tree->items()) {
    const int radix = count_of(level, "radix");
    if (radix >= noc::largest_ports)
      level.at("radix").fail("a switch has at most 15 children");
    chip.tree.push_back({radix, chip_link(level.at("link")), count_of(level.at("link"), "buffer"),
                         not_negative(level, "static_power", dimension::power)});
    if (chip.tree.back().buffer > 4096)
      level.at("link").at("buffer").fail("must be at most 4096 entries");
  }
  if (chip.tree.empty())
    tree->fail("needs at least one level of switches");
}

std::vector<BarrierPoint> barrier_points(const Node& root) {
  std::vector<BarrierPoint> points;
  const auto barrier = root.find("barrier");
  if (!barrier)
    return points;
  for (const Node& entry : barrier->items()) {
    const auto tiles = static_cast<double>(entry.at("tiles").integer_in(1, 1 << 30));
    if (!points.empty() && tiles <= points.back().tiles)
      entry.at("tiles").fail("must ascend");
    points.push_back({tiles, not_negative(entry, "time", dimension::time)});
  }
  return points;
}

} // namespace

Chip load_chip(const Document& description) {
  const Node root = description.root();
  root.at("kind").choice({"neuromorphic"});
  Chip chip;
  const std::string& file = description.file();
  const std::size_t slash = file.find_last_of('/') + 1; // npos + 1 is 0
  chip.name = file.substr(slash, file.find_last_of('.') - slash);
  chip.title = root.at("title").text();

  const Node body = root.at("chip");
  chip.cores = count_of(body, "cores");
  chip.mesh_width = count_of(body, "mesh_width");
  chip.mesh_height = count_of(body, "mesh_height");
  chip.cores_per_router = count_of(body, "cores_per_router");
  if (chip.cores > chip.tiles() * chip.cores_per_router)
    body.at("cores").fail("more than the routers have ports for");
  chip.static_power = not_negative(body, "static_power", dimension::power);
  chip.power_limit = find_positive(body, "power_limit", dimension::power);
  chip.system_chips = body.has("system_chips") ? count_of(body, "system_chips") : 0;

  chip.memory = core_memory(root.at("memory"));
  if (const auto outer = root.find("outer_memory"))
    chip.outer_memory = outer_memory(*outer);
  const Node arithmetic = root.at("arithmetic");
  chip.microcode = arithmetic.at("microcode").boolean();
  chip.static_schedule = arithmetic.boolean_or("static_schedule", false);
  if (chip.static_schedule && chip.microcode)
    arithmetic.at("static_schedule").fail("contradicts microcode: neurons that run programs choose what they send");
  chip.weight_bits = bits_of(arithmetic, "weight_bits");
  chip.payload_bits = bits_of(arithmetic, "payload_bits");
  chip.accumulator_bits = bits_of(arithmetic, "accumulator_bits");
  read_core(chip, root.at("core"));
  read_network(chip, root.at("network"));
  read_joints(chip, root);
  chip.barrier = barrier_points(root);
  if (!chip.barrier.empty())
    chip.barrier_border = not_negative(root, "barrier_border", dimension::time);
  chip.tick = find_positive(root, "tick", dimension::time);
  read_process(description);
  description.reject_unread_keys();
  return chip;
}

const Operation& Chip::synapse(SynapseFormat format) const {
  switch (format) {
  case SynapseFormat::dense:
    return synapse_dense;
  case SynapseFormat::convolution:
    return synapse_convolution;
  case SynapseFormat::sparse:
  case SynapseFormat::one_to_one:
    break;
  }
  return synapse_sparse;
}

double barrier_seconds(const Chip& chip, const BarrierSpan& span, Corner corner) {
  if (chip.barrier.empty())
    return 0;
  const auto& points = chip.barrier;
  double seconds = points.front().time.at(corner);
  if (span.tiles > points.front().tiles && points.size() > 1) {
    std::size_t i = 1;
    while (i + 1 < points.size() && span.tiles > points[i].tiles)
      ++i;
    const double a = points[i - 1].time.at(corner), b = points[i].time.at(corner);
    seconds = a + (b - a) * (span.tiles - points[i - 1].tiles) / (points[i].tiles - points[i - 1].tiles);
  }
  return seconds + farthest_links(chip, span.chips_across, span.chips_down) * chip.barrier_border.at(corner);
}

} // namespace moesaic::hw
