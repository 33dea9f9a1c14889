#include "hw/associative/bit_serial.hpp"

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/process_node.hpp"

namespace moesaic::hw::associative {

namespace {

int whole(const Node& node, const char* key, int least, int most, const Dimension& unit = dimension::count) {
  const double value = node.figure(key, unit).value * (unit == dimension::data ? 8 : 1);
  if (value < least || value > most || value != int(value))
    node.at(key).fail(fmt::format("expected a whole number from {} to {}", least, most));
  return int(value);
}

Figure scaled(Figure figure, double factor) {
  figure.value *= factor;
  figure.low *= factor;
  figure.high *= factor;
  return figure;
}

} // namespace

bool is_bit_serial(const Document& document) {
  const auto array = document.root().find("array");
  return array && array->choice({"planes", "bit_serial"}) == 1;
}

BitSerialDescription read_bit_serial(const Document& document) {
  const Node root = document.root();
  BitSerialDescription d;
  if (root.at("kind").choice({"associative"}) != 0 || !is_bit_serial(document))
    root.fail("is no bit-serial associative machine");
  d.name = root.at("name").text();
  d.title = root.at("title").text();
  d.process = root.text_or("process", "");
  hw::read_process(document);
  d.operations = SearchLibrary(catalog_folder("hw/associative/search") + "/" + root.at("operations").text() + ".search");
  const Node chip = root.at("chip");
  d.lanes = whole(chip, "lanes", 64, 1 << 24);
  if (d.lanes % 64 != 0)
    chip.at("lanes").fail("must be a multiple of 64");
  d.registers = whole(chip, "registers", 3, 256);
  d.bits = whole(chip, "bits", 1, 64, dimension::data);
  d.clock = chip.figure("clock", dimension::frequency);
  if (!(d.clock.low > 0))
    chip.at("clock").fail("must be positive");
  if (const auto energy = root.find("energy")) {
    if (const auto step = energy->find_figure("step", dimension::energy)) {
      d.step_energy = *step;
      d.step_lanes = energy->figure("step_lanes", dimension::count);
      if (!(d.step_lanes.value >= 1))
        energy->at("step_lanes").fail("must be positive");
    }
    for (const auto& name : energy->keys()) {
      if (name == "step" || name == "step_lanes")
        continue;
      if (!d.operations.find(name))
        energy->at(name).fail(fmt::format("unknown operation{}", suggestion(name, d.operations.names())));
      d.energy[name] = energy->figure(name, dimension::energy);
    }
  }
  if (const auto notes = root.find("notes"))
    for (const auto& note : notes->items())
      d.notes.push_back(note.text());
  document.reject_unread_keys();
  return d;
}

std::vector<SearchStep> BitSerialDescription::steps(const std::string& operation, int width) const {
  const SearchProgram* program = operations.find(operation);
  if (!program)
    throw InputError(fmt::format("unknown operation '{}'{}", operation, suggestion(operation, operations.names())));
  std::vector<int> rows;
  for (std::size_t i = 0; i < program->vectors(); ++i)
    rows.push_back(static_cast<int>(i)); // which they are does not change the time
  return SearchLibrary::expand(*program, rows, std::vector<std::int64_t>(program->immediates.size(), 0), width,
                               registers);
}

Figure BitSerialDescription::lane_energy(const std::string& operation, int width) const {
  const auto taken = double(steps(operation, width).size());
  const auto own = energy.find(operation);
  if (own != energy.end())
    return scaled(own->second, taken / double(steps(operation, bits).size()));
  if (step_energy.value > 0)
    return scaled(step_energy, taken / step_lanes.value);
  throw InputError(fmt::format("{}: the energy of {} is not described", title, operation));
}

} // namespace moesaic::hw::associative
