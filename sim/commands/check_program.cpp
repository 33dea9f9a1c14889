#include "sim/commands/check_program.hpp"

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/bit_serial.hpp"
#include "mappings/associative/program_file.hpp"
#include "mappings/associative/usage.hpp"
#include "mappings/devices/check_cards.hpp"

namespace moesaic::sim {

namespace {

using mappings::associative::Usage;

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
  ProgramCheck result{mappings::overflows(use), mappings::usage_text(use)};
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
