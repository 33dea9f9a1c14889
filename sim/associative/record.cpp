#include "sim/associative/record.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sim/machine/record_parts.hpp"

namespace moesaic::sim {

using hw::associative::CardTimes;
using hw::associative::Description;
using hw::associative::OperationSet;
using hw::associative::Ticks;
using mappings::associative::Program;

namespace {

struct Corners {
  RunTimes nominal, fast, slow;
  results::Interval seconds;
};

double seconds_of(const Description& d, Ticks ticks, Corner corner) {
  return double(ticks) / double(hw::associative::ticks_per_cycle) / d.clock.at(corner);
}

std::uint64_t cycles_of(Ticks ticks) {
  return static_cast<std::uint64_t>(ticks / hw::associative::ticks_per_cycle);
}

std::vector<hw::LedgerLine> ledger_lines(const Description& d, const CardRun& run, const Corners& c) {
  hw::Ledger ledger;
  const auto& s = c.seconds;
  ledger.add_power("card", "static", hw::EnergyKind::static_power, d.static_power, double(run.cards.size()), s.nominal, s.low,
                   s.high);
  ledger.add_power("card.core", "awake", hw::EnergyKind::idle, d.awake_power, double(run.cores()), s.nominal, s.low,
                   s.high);
  ledger.count(ledger.declare("card.core.control", "cycle at work", d.issue_energy),
               cycles_of(c.nominal.cards.issue));
  ledger.count(ledger.declare("card.core.array", "micro-instruction", d.array_energy),
               cycles_of(c.nominal.cards.array));
  ledger.count(ledger.declare("card.transfer", "byte moved", d.byte_energy), c.nominal.cards.bytes);
  return ledger.lines();
}

/// Shares of the control processors' time: waiting for engines is transfer, or memory where they had to share
/// it; the rest is compute as far as the array works, else overhead of issuing. Time on the hosts' links is transfer.
void record_bound(const CardRun& run, const RunTimes& nominal, results::RunRecord& record) {
  const CardTimes& times = nominal.cards;
  const double all = double(times.total) * double(run.cores());
  const double host = nominal.host_seconds / record.seconds.nominal, card = 1 - host;
  const double waiting = std::min(1.0, double(times.waiting) / all);
  const double compute = std::min(1 - waiting, double(times.array) / all);
  set_bound({{"memory", card * waiting * times.contended},
             {"transfer", card * waiting * (1 - times.contended) + host},
             {"compute", card * compute},
             {"overhead", card * (1 - waiting - compute)}},
            record);
}

/// The core with the most vector operations.
std::map<std::string, std::uint64_t> most_operations(const CardRun& run) {
  std::map<std::string, std::uint64_t> most;
  std::uint64_t largest = 0;
  std::set<const Program*> seen;
  for (const auto& card : run.cards)
    for (const Program* program : card) {
      if (!seen.insert(program).second)
        continue;
      auto operations = count(*program).operations;
      std::uint64_t sum = 0;
      for (const auto& one : operations)
        sum += one.second;
      if (sum > largest)
        largest = sum, most = std::move(operations);
    }
  return most;
}

void record_curves(const Description& d, const CardRun& run, const CardTimes& times,
                   results::RunRecord& record) {
  const auto& u = times.utilisation;
  const double width = seconds_of(d, u.width, Corner::nominal);
  const auto curve = [&](const char* name, const char* title, const char* unit,
                         const std::vector<double>& values, double whole) {
    results::Curve c{name, title, "s", unit, {}, {}};
    for (std::size_t i = 0; i < values.size() && double(i) * width < record.seconds.nominal; ++i) {
      c.x.push_back((double(i) + 0.5) * width);
      c.y.push_back(values[i] / whole);
    }
    record.curves.push_back(std::move(c));
  };
  const double ticks = double(u.width) * double(run.cards[0].size());
  curve("issue", "control processors at work", "share", u.issue, ticks);
  curve("array", "arrays at work", "share", u.array, ticks);
  curve("transfer", "card memory traffic", "B/s", u.bytes, width);
}

void record_statistics(const Description& d, const CardRun& run, const CardTimes& times,
                       results::RunRecord& record) {
  const double all = double(times.total) * double(run.cores());
  record.statistics = {
      {"cycles", "cycles", "per instance", "clock cycles of the slowest core",
       double(times.total) / double(hw::associative::ticks_per_cycle)},
      {"issue share", "ratio", "per instance", "control processor at work", double(times.issue) / all},
      {"array share", "ratio", "per instance", "array at work", double(times.array) / all},
      {"transfer share", "ratio", "per instance", "a transfer engine at work",
       double(times.transfer) / all / d.engines},
      {"waiting share", "ratio", "per instance", "control processor waiting for transfer engines",
       double(times.waiting) / all},
      {"card memory traffic", "B", "total", "bytes between card memory and cores", double(times.bytes)},
      {"average power", "W", "total", "card energy by run time",
       record.joules.nominal / record.seconds.nominal}};
  for (const auto& [name, times_run] : most_operations(run))
    record.statistics.push_back(
        {name, "operations", "per instance", "vector operations of one core", double(times_run)});
}

/// How far a constant of time reaches: the share of the run that scales with it, to first order.
double time_share(const Figure& figure, const Description& d, const results::RunRecord& record) {
  const auto share = [&](const char* name) {
    for (const auto& s : record.bound_share)
      if (s.first == name)
        return s.second;
    return 0.0;
  };
  if (figure.path == d.clock.path)
    return 1;
  if (figure.path == d.card_bandwidth.path)
    return share("memory");
  if (figure.path.find("transfers.") == 0)
    return share("transfer");
  if (figure.path.find("control.") == 0)
    return share("overhead");
  return 0;
}

void record_constants(const Document& document, const Description& d, results::RunRecord& record) {
  double power_joules = 0;
  for (const auto& line : record.energy)
    if (line.kind != "active")
      power_joules += line.joules.nominal;
  for (const auto& figure : document.figures()) {
    double width = 0;
    for (const auto& line : record.energy)
      if (line.figure == figure.path && figure.value > 0)
        width += line.joules.nominal * (figure.high - figure.low) / figure.value;
    if (figure.value != 0)
      width +=
          power_joules * time_share(figure, d, record) * (figure.high - figure.low) / std::abs(figure.value);
    add_constant(document, figure,
                 fmt::format("{:.6g} {}", figure.value,
                             figure.dimension == dimension::count ? figure.unit : figure.dimension.name()),
                 width, record);
  }
}

results::RunRecord record_of(const Document& document, const Description& d, const CardRun& run, const Corners& c) {
  results::RunRecord record;
  record.machine = d.name;
  record.machine_title = d.title;
  record.kind = "associative";
  record.chips = run.cards.size();
  record.power_limit = d.power_limit.value * double(run.cards.size());
  record.seconds = c.seconds;
  add_energy_lines(ledger_lines(d, run, c), record.power_limit, record);
  record_bound(run, c.nominal, record);
  for (const auto& s : c.nominal.cards.stages)
    record.stages.push_back(
        {s.name, seconds_of(d, s.start, Corner::nominal), seconds_of(d, s.end - s.start, Corner::nominal)});
  if (c.nominal.host_seconds > 0)
    record.stages.push_back({"host links", c.seconds.nominal - c.nominal.host_seconds, c.nominal.host_seconds});
  record_curves(d, run, c.nominal.cards, record);
  record_statistics(d, run, c.nominal.cards, record);
  record_constants(document, d, record);
  record.notes = d.notes;
  return record;
}

} // namespace

results::RunRecord record_associative_run(const Document& document, const Description& d, const Program& program) {
  const CardRun run = CardRun::of(program);
  return record_associative_run(document, d, run, run_cards(d, run, Corner::nominal));
}

results::RunRecord record_associative_run(const Document& document, const Description& d, const CardRun& run,
                                          RunTimes nominal) {
  Corners c{std::move(nominal), run_cards(d, run, Corner::fast), run_cards(d, run, Corner::slow), {}};
  c.seconds.nominal = seconds_of(d, c.nominal, Corner::nominal);
  c.seconds.low = std::min(c.seconds.nominal, seconds_of(d, c.fast, Corner::fast));
  c.seconds.high = std::max(c.seconds.nominal, seconds_of(d, c.slow, Corner::slow));
  return record_of(document, d, run, c);
}

results::RunRecord record_associative_estimate(const Document& document, const Description& d, const CardRun& run,
                                               const RunTimes& nominal) {
  const double seconds = seconds_of(d, nominal, Corner::nominal);
  return record_of(document, d, run, {nominal, nominal, nominal, {seconds, seconds, seconds}});
}

} // namespace moesaic::sim
