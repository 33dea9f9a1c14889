#include "sim/commands/check_program.hpp"

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/bit_serial.hpp"
#include "mappings/associative/program_file.hpp"
#include "mappings/associative/usage.hpp"

namespace moesaic::sim {

namespace {

using mappings::associative::LevelUse;
using mappings::associative::Usage;

/// Levels that are too small; the program's own check says the rest.
std::vector<mappings::Violation> overflows(const Usage& use) {
  std::vector<mappings::Violation> list;
  for (const LevelUse& level : use.levels)
    if (level.used > level.capacity)
      list.push_back({"level capacity", level.level, fmt::format("at most {:.0f} {}", level.capacity, level.unit),
                      fmt::format("{:.0f} {}, {:.0f} too many", level.used, level.unit, level.used - level.capacity),
                      "work on smaller tiles, or keep less in this level"});
  return list;
}

std::string report(const Usage& use) {
  std::string text = fmt::format("{:20} {:>16} {:>16}\n", "level", "used", "there");
  for (const LevelUse& level : use.levels)
    text += fmt::format("{:20} {:>16.0f} {:>16.0f} {}\n", level.level, level.used, level.capacity, level.unit);
  text += fmt::format("\nlife times of vectors ({} at once at most; steps in program order, loops once)\n", use.most_alive);
  for (const auto& life : use.vectors)
    text += fmt::format("  vector {:<3} step {:>5} ({}) to {:>5} ({}), {} writes, {} reads\n", life.vector, life.first,
                        life.first_name, life.last, life.last_name, life.writes, life.reads);
  return text;
}

ProgramCheck check_bit_serial_program(const Document& document, const Document& machine) {
  const auto description = hw::associative::read_bit_serial(machine);
  const auto program = mappings::associative::read_program(document);
  check(program, description);
  const auto counts = count(program, description);
  std::string text = fmt::format("{} steps on numbers of {} bits\n", counts.steps, program.bits);
  for (const auto& [name, times] : counts.operations)
    text += fmt::format("  {:20} {:>12} x {:>8} steps\n", name, times, description.steps(name, program.bits).size());
  return {{}, text};
}

} // namespace

ProgramCheck check_associative_program(const Document& document, const Document& machine) {
  machine.root().at("kind").choice({"associative"});
  if (hw::associative::is_bit_serial(machine))
    return check_bit_serial_program(document, machine);
  const hw::associative::OperationSet operations(hw::associative::read_description(machine), Corner::nominal);
  const auto program = mappings::associative::read_program(document);
  const Usage use = mappings::associative::usage(program, operations);
  ProgramCheck result{overflows(use), report(use)};
  try {
    mappings::associative::check(program, operations);
  } catch (const InputError& error) {
    if (result.violations.empty())
      result.violations.push_back({"program", program.name, "a program that the machine can run", error.what(),
                                   "change the step that is named"});
  }
  return result;
}

} // namespace moesaic::sim
