#include "sim/associative/run.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/error.hpp"
#include "hw/associative/bit_serial.hpp"
#include "mappings/associative/program_file.hpp"
#include "results/interval.hpp"
#include "results/json_text.hpp"
#include "results/statistic.hpp"
#include "sim/associative/record.hpp"
#include "sim/associative/run_bit_serial.hpp"
#include "sim/associative/units.hpp"

namespace moesaic::sim {

namespace {

using results::statistic_value;

nlohmann::ordered_json interval(const results::Interval& i, double scale) {
  return {{"nominal", i.nominal * scale}, {"low", i.low * scale}, {"high", i.high * scale}};
}

} // namespace

results::RunRecord run_associative_program(const Document& program_document, const Document& machine) {
  if (hw::associative::is_bit_serial(machine))
    return run_bit_serial_program(program_document, machine);
  const auto description = hw::associative::read_description(machine);
  const auto program = mappings::associative::read_program(program_document);
  check(program, hw::associative::OperationSet(description, Corner::nominal));
  results::RunRecord record = record_associative_run(machine, description, program);
  record.workload = program.name;
  record.tokens = 1;
  record.notes.push_back(fmt::format("program {} on {} of {} cores", program.title, program.cores, description.cores));
  return record;
}

std::string associative_json(const results::RunRecord& record) {
  nlohmann::ordered_json json;
  json["program"] = record.workload;
  json["machine"] = record.machine;
  json["cycles"] = statistic_value(record, "cycles");
  json["milliseconds"] = interval(record.seconds, 1e3);
  json["joules"] = interval(record.joules, 1);
  json["watts"] = record.joules.nominal / record.seconds.nominal;
  for (const char* share : {"issue", "array", "transfer", "waiting"})
    json["shares"][share] = statistic_value(record, fmt::format("{} share", share));
  json["bound"] = record.bound;
  for (const auto& stage : record.stages)
    json["stages"].push_back({{"name", stage.name}, {"milliseconds", stage.seconds * 1e3}});
  for (const auto& line : record.energy)
    json["energy"].push_back(
        {{"component", line.component}, {"action", line.action}, {"count", line.count}, {"joules", line.joules.nominal}});
  return results::json_document(json);
}

std::string associative_text(const results::RunRecord& record) {
  std::string text = fmt::format("{} on {}\n\n", record.workload, record.machine_title);
  text += fmt::format("  {:12} {:>14.0f}\n", "cycles", statistic_value(record, "cycles"));
  text += fmt::format("  {:12} {:>14}\n", "time", results::format_interval(record.seconds, "s"));
  text += fmt::format("  {:12} {:>14}\n", "energy", results::format_interval(record.joules, "J"));
  text += fmt::format("  {:12} {:>14.2f} W\n", "power", record.joules.nominal / record.seconds.nominal);
  for (const char* share : {"issue", "array", "transfer", "waiting"})
    text += fmt::format("  {:12} {:>14.1f} %\n", share, 100 * statistic_value(record, fmt::format("{} share", share)));
  text += fmt::format("\n  bound by {}\n", record.bound);
  for (const auto& stage : record.stages)
    text += fmt::format("  {:28} {:>12.6g} ms\n", stage.name, stage.seconds * 1e3);
  return text;
}

results::UnitSpans associative_program_units(const Document& program_document, const Document& machine,
                                             const results::TraceWindow& window) {
  if (hw::associative::is_bit_serial(machine))
    throw InputError("--trace is not supported on a bit-serial machine: one operation follows the other");
  const auto description = hw::associative::read_description(machine);
  const auto program = mappings::associative::read_program(program_document);
  check(program, hw::associative::OperationSet(description, Corner::nominal));
  return associative_units(description, CardRun::of(program), window);
}

} // namespace moesaic::sim
