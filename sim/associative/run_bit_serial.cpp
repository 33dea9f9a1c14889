#include "sim/associative/run_bit_serial.hpp"

#include <fmt/format.h>

#include "mappings/associative/bit_serial.hpp"
#include "mappings/associative/program_file.hpp"
#include "sim/machine/record_parts.hpp"

namespace moesaic::sim {

using hw::associative::BitSerialDescription;
using mappings::associative::Program;

namespace {

/// All lanes take part in every step, so an operation's energy is that of a lane times the lanes.
void record_energy(const BitSerialDescription& d, const Program& program,
                   const std::map<std::string, std::uint64_t>& operations, results::RunRecord& record) {
  for (const auto& [name, times] : operations) {
    hw::LedgerLine line;
    line.component = "array";
    line.action = name;
    line.count = times;
    line.figure = d.lane_energy(name, program.bits);
    const double lanes = double(times) * d.lanes;
    add_energy_line(line, times, {lanes * line.figure.value, lanes * line.figure.low, lanes * line.figure.high}, record);
  }
}

void record_constants(const Document& document, results::RunRecord& record) {
  for (const auto& figure : document.figures()) {
    double width = 0;
    for (const auto& line : record.energy)
      if (line.figure == figure.path && figure.value > 0)
        width += line.joules.nominal * (figure.high - figure.low) / figure.value;
    add_constant(document, figure, fmt::format("{:.6g} {}", figure.value, figure.unit), width, record);
  }
}

} // namespace

results::RunRecord run_bit_serial_program(const Document& program_document, const Document& machine) {
  const BitSerialDescription d = hw::associative::read_bit_serial(machine);
  const Program program = mappings::associative::read_program(program_document);
  check(program, d);
  const auto counts = count(program, d);
  const auto steps = double(counts.steps);
  results::RunRecord record;
  record.workload = program.name;
  record.machine = d.name;
  record.machine_title = d.title;
  record.kind = "associative";
  record.seconds = {steps / d.clock.value, steps / d.clock.high, steps / d.clock.low};
  record_energy(d, program, counts.operations, record);
  set_bound({{"compute", 1}}, record);
  record.statistics = {{"cycles", "cycles", "per instance", "steps of the array, one a clock cycle", steps},
                       {"issue share", "ratio", "per instance", "control processor at work: not described", 0},
                       {"array share", "ratio", "per instance", "array at work", 1},
                       {"transfer share", "ratio", "per instance", "transfers: not described", 0},
                       {"waiting share", "ratio", "per instance", "waiting for transfers: not described", 0}};
  for (const auto& [name, times] : counts.operations)
    record.statistics.push_back({name, "operations", "per instance", "vector operations", double(times)});
  record_constants(machine, record);
  record.notes = d.notes;
  record.notes.push_back(fmt::format("program {} on {} lanes of {} bits", program.title, d.lanes, program.bits));
  return record;
}

} // namespace moesaic::sim
