// Published figures of Gemini-I beside what its description and our micro-programs give.
#include <algorithm>

#include <fmt/format.h>

#include "description/unit.hpp"
#include "mappings/associative/program_file.hpp"
#include "sim/associative/record.hpp"
#include "sim/validation/associative_operations.hpp"
#include "sim/validation/validate.hpp"

namespace moesaic::sim {
namespace {

using hw::associative::OperationSet;
using mappings::associative::Program;
using mappings::associative::Route;
using mappings::associative::Step;
using results::ValidationRow;

constexpr double tick = double(hw::associative::ticks_per_cycle);

struct Subject {
  Document published = Document::load(catalog_file("results/published", "gemini1", "published figures"));
  Document machine = Document::load(catalog_file("hw/catalog", "gemini1", "machine"));
  hw::associative::Description description = hw::associative::read_description(machine);
  OperationSet operations{description, Corner::nominal};
};

double cycles_of(const Subject& s, const Program& program) {
  return double(run_associative(s.description, program, Corner::nominal).total) / tick;
}

void transfers(const Subject& s, std::vector<ValidationRow>& rows) {
  static const char* const group = "Gemini-I, transfers (fitted: the laws of the description, as measured)";
  for (const auto& item : s.published.root().at("transfers").items()) {
    Program program;
    Step step;
    step.kind = Step::Kind::transfer;
    step.route = static_cast<Route>(item.at("route").choice(mappings::associative::route_names()));
    step.bytes = static_cast<std::int64_t>(parse_quantity(item.at("bytes").text()).value);
    program.steps.push_back(step);
    const Figure cycles = item.figure("cycles", dimension::cycles);
    rows.push_back({group, fmt::format("{}, {}", item.at("route").text(), item.at("bytes").text()), "cycles",
                    cycles_of(s, program), cycles.value, cycles.source, item.boolean_or("fitted", false)});
  }
}

Program program_named(const Subject& s, const std::string& name) {
  const Program program = mappings::associative::read_program(
      Document::load(catalog_file("workloads/catalog", name, "program")));
  check(program, s.operations);
  return program;
}

void applications(const Subject& s, std::vector<ValidationRow>& rows) {
  for (const auto& item : s.published.root().at("applications").items()) {
    const std::string name = item.at("program").text();
    const Figure time = item.figure("time", dimension::time);
    const double cycles = cycles_of(s, program_named(s, name));
    rows.push_back({"Gemini-I, applications on the card (fitted: a constant was taken from that log)", name,
                    "ms", cycles / s.description.clock.value * 1e3, time.value * 1e3, time.source,
                    item.boolean_or("fitted", false)});
  }
}

/// Takes the moves into L1 out; gives their bytes, loops counted out.
double take_out_loads(std::vector<Step>& steps) {
  double bytes = 0;
  for (auto& step : steps) {
    bytes += step.kind == Step::Kind::loop ? double(step.count) * take_out_loads(step.body)
             : step.kind == Step::Kind::transfer && step.route == Route::l4_l1 ? double(step.bytes)
                                                                               : 0;
  }
  const auto load = [](const Step& step) {
    return (step.kind == Step::Kind::transfer && step.route == Route::l4_l1) ||
           (step.kind == Step::Kind::loop && step.body.empty());
  };
  steps.erase(std::remove_if(steps.begin(), steps.end(), load), steps.end());
  return bytes;
}

/// The source's way: time without the embeddings' transfers and with the projected memory's; energy as static power
/// over the time on the card, what four cores draw without those transfers, and the memory's own, which is theirs.
void projections(const Subject& s, std::vector<ValidationRow>& rows) {
  static const char* const group =
      "Gemini-I with HBM2e, as its source projects it (fitted: as on the card; memory energy theirs)";
  const double rate = s.published.root().figure("memory_rate", dimension::bandwidth).value;
  for (const auto& item : s.published.root().at("projections").items()) {
    const std::string name = item.at("program").text();
    Program program = program_named(s, name);
    const double on_card = cycles_of(s, program) / s.description.clock.value;
    const double bytes = take_out_loads(program.steps) * program.cores;
    const auto rest = record_associative_run(s.machine, s.description, program);
    const double still = s.description.static_power.value;
    const Figure time = item.figure("time", dimension::time), energy = item.figure("energy", dimension::energy);
    rows.push_back({group, name + ", time", "ms", (rest.seconds.nominal + bytes / rate) * 1e3, time.value * 1e3,
                    time.source, true});
    const double joules = still * on_card + (rest.joules.nominal - still * rest.seconds.nominal) +
                          item.figure("memory_energy", dimension::energy).value;
    rows.push_back({group, name + ", energy", "J", joules, energy.value, energy.source, true});
  }
}

void power(const Subject& s, std::vector<ValidationRow>& rows) {
  static const char* const group = "Gemini-I, power of the card (fitted: static and awake power)";
  const Node node = s.published.root().at("power");
  const Figure still = node.figure("static", dimension::power), active = node.figure("active", dimension::power);
  Program program = program_named(s, "apu-retrieval-10gb");
  program.cores = 1;
  const auto record = record_associative_run(s.machine, s.description, program);
  rows.push_back({group, "idle", "W", s.description.static_power.value, still.value, still.source, true});
  rows.push_back({group, "one core at retrieval", "W", record.joules.nominal / record.seconds.nominal,
                  active.value, active.source, true});
}

} // namespace

std::vector<ValidationRow> validate_associative() {
  const Subject s;
  std::vector<ValidationRow> rows;
  validate_associative_operations(s.published, s.description, s.operations, rows);
  transfers(s, rows);
  applications(s, rows);
  projections(s, rows);
  power(s, rows);
  s.published.reject_unread_keys();
  validate_bit_serial("cape", rows);
  validate_bit_serial("neural-cache", rows);
  return rows;
}

} // namespace moesaic::sim
