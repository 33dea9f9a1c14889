#include "hw/associative/description.hpp"

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/bit_serial.hpp"
#include "hw/process_node.hpp"

namespace moesaic::hw::associative {

namespace {

std::int64_t exact_count(const Node& node, const std::string& key, std::int64_t least, std::int64_t most) {
  const Figure figure = node.figure(key, dimension::count);
  if (figure.value < double(least) || figure.value > double(most) ||
      figure.value != std::int64_t(figure.value))
    node.at(key).fail(fmt::format("expected a whole number from {} to {}", least, most));
  return static_cast<std::int64_t>(figure.value);
}

Figure positive(const Node& node, const std::string& key, const Dimension& dimension) {
  Figure figure = node.figure(key, dimension);
  if (!(figure.low >= 0) || !(figure.value > 0))
    node.at(key).fail("must be positive");
  return figure;
}

Figure share(const Node& node, const std::string& key) {
  Figure figure = node.figure(key, dimension::count);
  if (figure.value < 0 || figure.value > 1)
    node.at(key).fail("must lie between 0 and 1");
  return figure;
}

void read_array(const Node& chip, Description& d) {
  const Node array = chip.at("array");
  d.cores = int(exact_count(chip, "cores", 1, 64));
  d.engines = int(exact_count(chip, "engines", 1, 8));
  d.shape.sections = int(exact_count(array, "sections", 16, 16));
  d.shape.half_bank = int(exact_count(array, "half_bank", 2048, 2048));
  d.shape.columns = int(exact_count(array, "columns", 2048, 65536));
  d.shape.vectors = int(exact_count(array, "vectors", 20, 255));
  if (d.shape.columns % 2048 != 0)
    array.at("columns").fail("must be a multiple of a half-bank's 2048");
  d.l1_slots = int(exact_count(chip, "l1_slots", 1, 4096));
  d.clock = positive(chip, "clock", dimension::frequency);
  d.l2 = positive(chip, "l2", dimension::data);
  d.l3 = positive(chip, "l3", dimension::data);
  d.l4 = positive(chip, "l4", dimension::data);
  d.card_bandwidth = positive(chip, "card_bandwidth", dimension::bandwidth);
}

void read_control(const Node& control, Description& d) {
  d.call = positive(control, "call", dimension::cycles);
  d.register_set = positive(control, "register_set", dimension::cycles);
  d.inlined_call = positive(control, "inlined_call", dimension::cycles);
  d.mask_set = positive(control, "mask_set", dimension::cycles);
  if (const auto inlined = control.find("inlined")) {
    for (const auto& name : inlined->at("operations").items())
      d.inlined.insert(name.text());
    inlined->at("source").text();
    inlined->text_or("note", "");
  }
  d.mask_rewrite = positive(control, "mask_rewrite", dimension::cycles);
  d.scalar = positive(control, "scalar", dimension::cycles);
  d.scalar_float = positive(control, "scalar_float", dimension::cycles);
  d.card_word = positive(control, "card_word", dimension::cycles);
  d.run_ahead = positive(control, "run_ahead", dimension::cycles);
  d.loop_step = positive(control, "loop_step", dimension::cycles);
}

/// In cycles of the clock, or in time where it does not go with the clock.
Figure duration(const Node& node, const std::string& key, const Dimension& in_cycles) {
  const Dimension in_time = in_cycles / dimension::cycles * dimension::time;
  const Node entry = node.at(key), value = entry.is_map() ? entry.at("value") : entry;
  bool timed = false;
  try {
    timed = parse_quantity(value.text()).dimension == in_time;
  } catch (const InputError&) { // told with its place when it is read
  }
  return positive(node, key, timed ? in_time : in_cycles);
}

void read_transfers(const Node& transfers, Description& d) {
  for (const char* name : {"l4_l2", "l2_l4", "l4_l3", "l4_l3_both", "l3_l4"}) {
    const Node law = transfers.at(name);
    d.transfers[name] = {duration(law, "setup", dimension::cycles), duration(law, "per_byte", dimension::cycles_per_byte)};
  }
  d.l2_l1 = positive(transfers, "l2_l1", dimension::cycles);
  d.l2_l1_array_share = share(transfers, "l2_l1_array_share");
  d.l1_registers = positive(transfers, "l1_registers", dimension::count);
  d.l1_address = positive(transfers, "l1_address", dimension::cycles);
  d.l1_instructions = positive(transfers, "l1_instructions", dimension::cycles);
}

MeasuredOperation read_operation(const Node& node) {
  MeasuredOperation op;
  op.writes = int(node.integer_or("writes", 0));
  op.reads = int(node.integer_or("reads", 0));
  if (const auto immediates = node.find("immediates"))
    for (const auto& item : immediates->items())
      op.immediates.push_back(item.text());
  if (const auto course = node.find("course"))
    op.course = static_cast<MeasuredOperation::Course>(course->choice({"together", "ahead", "streamed"}));
  if (const auto cycles = node.find("cycles"))
    op.by_program = cycles->choice({"measured", "by micro-program"}) == 1;
  op.base = node.figure("base", dimension::cycles);
  op.array_share = share(node, "array_share");
  if (const auto per_entry = node.find_figure("per_entry", dimension::cycles))
    op.per_entry = *per_entry;
  for (const char* power : {"log_size", "log_size_squared", "log_size_cubed"})
    if (const auto coefficient = node.find_figure(power, dimension::cycles))
      op.log_size.push_back(*coefficient);
  return op;
}

} // namespace

Description read_description(const Document& document) {
  const Node root = document.root();
  Description d;
  if (root.at("kind").choice({"associative"}) != 0)
    root.at("kind").fail("is not associative");
  if (is_bit_serial(document))
    root.at("array").fail("is bit-serial: it runs programs of its own operations, the rest is not supported");
  d.name = root.at("name").text();
  d.title = root.at("title").text();
  d.process = root.text_or("process", "");
  hw::read_process(document);
  const Node chip = root.at("chip");
  read_array(chip, d);
  read_control(root.at("control"), d);
  read_transfers(root.at("transfers"), d);
  const Node power = root.at("power");
  d.power_limit = positive(power, "limit", dimension::power);
  d.static_power = positive(power, "static", dimension::power);
  d.awake_power = positive(power, "awake", dimension::power);
  d.issue_energy = positive(power, "issue", dimension::energy);
  d.array_energy = positive(power, "instruction", dimension::energy);
  d.byte_energy = positive(power, "byte", dimension::energy_per_byte);
  if (const auto link = root.find("host_link")) {
    d.link_bandwidth = positive(*link, "bandwidth", dimension::bandwidth);
    d.link_latency = positive(*link, "latency", dimension::time);
  }
  if (const auto operations = root.find("operations"))
    for (const auto& key : operations->keys())
      d.measured[key] = read_operation(operations->at(key));
  if (const auto notes = root.find("notes"))
    for (const auto& note : notes->items())
      d.notes.push_back(note.text());
  document.reject_unread_keys();
  return d;
}

} // namespace moesaic::hw::associative
