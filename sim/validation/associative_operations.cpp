#include "sim/validation/associative_operations.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace moesaic::sim {
namespace {

using hw::associative::Description;
using hw::associative::OperationSet;
using hw::associative::Timing;
using results::ValidationRow;

constexpr double tick = double(hw::associative::ticks_per_cycle);

/// Cycles a turn of an operation that is repeated many times over.
double steady(const Timing& timing) {
  constexpr std::uint64_t turns = 10000;
  const Timing all = timing.repeated(turns);
  return double(std::max({all.cc, all.aa, all.ac, all.ca})) / double(turns) / tick;
}

/// Cycles from the begin of a call on an idle array to the end of its last instruction: nothing runs beside it.
double alone(const Timing& timing) {
  return double(std::max({timing.cc, timing.aa, timing.ac, timing.ca})) / tick;
}

std::vector<std::int64_t> immediates_of(const Node& item) {
  std::vector<std::int64_t> immediates;
  if (const auto list = item.find("immediates"))
    for (const auto& value : list->items())
      immediates.push_back(value.integer());
  return immediates;
}

void rows_of(const Node& items, const OperationSet& operations, double (*cycles_of)(const Timing&), const char* group,
             std::vector<ValidationRow>& rows) {
  for (const auto& item : items.items()) {
    const std::string name = item.at("op").text();
    const Timing timing = operations.timing(name, immediates_of(item));
    const Figure cycles = item.figure("cycles", dimension::cycles);
    item.text_or("note", "");
    rows.push_back({group,
                    fmt::format("{} (control {:.1f}, array {:.1f})", name, double(timing.issue) / tick, double(timing.array) / tick),
                    "cycles", cycles_of(timing), cycles.value, cycles.source, item.boolean_or("fitted", false)});
  }
}

/// What stands for an operation of the vendor's library in bits, where applications take its measured cycles.
void stand_in_rows(const Node& items, const OperationSet& operations, std::vector<ValidationRow>& rows) {
  static const char* const group = "Gemini-I, our micro-programs beside measured cycles of the same work, which programs take";
  for (const auto& item : items.items()) {
    const std::string name = item.at("op").text();
    const Timing timing = operations.program_timing(name, immediates_of(item));
    const Figure cycles = item.figure("cycles", dimension::cycles);
    const std::string of = item.text_or("of", "");
    rows.push_back({group,
                    fmt::format("{}{}{} (array {:.0f})", of.empty() ? name : of, of.empty() ? "" : ": ", of.empty() ? "" : name,
                                double(timing.array) / tick),
                    "cycles", steady(timing), cycles.value, cycles.source, item.boolean_or("fitted", false),
                    item.text_or("apart", "")});
  }
}

void array_rows(const Node& items, const OperationSet& operations, std::vector<ValidationRow>& rows) {
  for (const auto& item : items.items()) {
    const std::string name = item.at("op").text();
    const Figure cycles = item.figure("cycles", dimension::cycles);
    rows.push_back({"Gemini-I, array cycles of one call (its own counter)", name, "cycles",
                    double(operations.timing(name, immediates_of(item)).array) / tick, cycles.value, cycles.source,
                    item.boolean_or("fitted", false)});
  }
}

/// The chip as the set-up of the whole numbers saw it: its own cost of a call and of a register, and every operation called.
Description of_whole_numbers(const Node& setup, Description description) {
  description.call = setup.figure("call", dimension::cycles);
  description.register_set = setup.figure("register_set", dimension::cycles);
  description.mask_set = setup.figure("mask_set", dimension::cycles);
  description.inlined.clear();
  return description;
}

Timing sequence(const OperationSet& operations, const Node& items) {
  Timing timing;
  for (const auto& item : items.items())
    timing = timing.then(operations.timing(item.at("op").text(), immediates_of(item))
                             .repeated(static_cast<std::uint64_t>(item.integer_or("times", 1))));
  return timing;
}

void parts(const Node& items, const Description& description, const OperationSet& operations, std::vector<ValidationRow>& rows) {
  static const char* const group = "Gemini-I, parts of the measured kernels (fitted: loads were taken from that log)";
  const Timing step = Timing::operation(operations.ticks(description.loop_step), 0);
  for (const auto& item : items.items()) {
    const auto before = item.find("before");
    const Timing turns =
        sequence(operations, item.at("turn")).then(step).repeated(static_cast<std::uint64_t>(item.at("turns").integer()));
    const Timing timing = before ? sequence(operations, *before).then(turns) : turns;
    const Figure cycles = item.figure("cycles", dimension::cycles), array = item.figure("array", dimension::cycles);
    const std::string name = item.at("part").text();
    const bool fitted = item.boolean_or("fitted", false);
    rows.push_back({group, name, "cycles", double(std::max(timing.cc, timing.ca)) / tick, cycles.value, cycles.source, fitted});
    rows.push_back({group, name + ", array", "cycles", double(timing.array) / tick, array.value, array.source, fitted});
  }
}

} // namespace

void validate_associative_operations(const Document& published, const Description& description, const OperationSet& operations,
                                     std::vector<ValidationRow>& rows) {
  const Node root = published.root();
  rows_of(root.at("micro_programs"), operations, steady,
          "Gemini-I, operations by our micro-programs, many calls back to back (fitted: calls, registers and masks)", rows);
  const Node whole = root.at("whole_numbers");
  const OperationSet as_whole(of_whole_numbers(whole, description), Corner::nominal);
  rows_of(whole.at("operations"), as_whole, steady,
          "Gemini-I, operations by our micro-programs, the table of whole numbers (fitted: its own call, register and mask)", rows);
  rows_of(root.at("single_calls"), operations, alone,
          "Gemini-I, operations by our micro-programs, one call between two readings of the counters", rows);
  array_rows(root.at("array_cycles"), operations, rows);
  stand_in_rows(root.at("stand_ins"), operations, rows);
  rows_of(root.at("measured"), operations, steady,
          "Gemini-I, operations by their measured cycles (fitted: nothing is predicted)", rows);
  parts(root.at("parts"), description, operations, rows);
}

} // namespace moesaic::sim
