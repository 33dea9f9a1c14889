#include "sim/comparison/timeline.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "description/error.hpp"
#include "description/unit.hpp"
#include "results/run_folder.hpp"

namespace moesaic::sim {

namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

double seconds_at(const std::string& text, double absent, const std::string& option) {
  if (text.empty())
    return absent;
  const Quantity quantity = parse_quantity(text);
  if (quantity.dimension != dimension::time || quantity.value < 0)
    throw InputError(fmt::format("{}: expected a time, found '{}'", option, text));
  return quantity.value;
}

/// Stages of one name follow one another on a track; those that overlap take one more.
void add_stages(const results::RunRecord& record, const std::string& label, results::Trace& trace) {
  constexpr double half_picosecond = 5e-13; // one that ends when the next begins does not overlap it
  struct Used {
    results::Trace::Track track;
    double until;
  };
  std::map<std::string, std::vector<Used>> tracks;
  for (const auto& stage : record.stages) // in their order, whoever works first
    if (auto& own = tracks[stage.name]; own.empty())
      own.push_back({trace.add_track(label, stage.name), 0});
  auto stages = record.stages;
  std::stable_sort(stages.begin(), stages.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  for (const auto& stage : stages) {
    auto& own = tracks[stage.name];
    auto free = std::find_if(own.begin(), own.end(), [&](const Used& used) { return used.until <= stage.start + half_picosecond; });
    if (free == own.end())
      free = own.insert(own.end(), {trace.add_track(label, stage.name), 0});
    trace.span(free->track, stage.name, stage.start, stage.seconds);
    free->until = stage.start + stage.seconds;
  }
}

/// SystemC looks at every signal whenever one changes, so a VCD holds fewer units than a JSON file.
constexpr std::size_t most_signals = 2000;

std::vector<std::string> shorten(std::vector<results::UnitSpans>& units, bool vcd, const results::TraceWindow& window) {
  std::size_t all = 0, gone = 0;
  std::uint64_t dropped = 0;
  double until = -1;
  for (auto& of : units) {
    all += of.units.size();
    if (vcd)
      gone += of.keep_units(most_signals / units.size());
    dropped += of.dropped;
    until = std::max(until, of.followed_until);
  }
  std::vector<std::string> left_out;
  if (gone > 0)
    left_out.push_back(fmt::format("{} of {} units have no track; a .json file holds all of them", gone, all));
  if (dropped > 0)
    left_out.push_back(fmt::format("{} spans of units beyond the first {}; a narrower window holds all of them", dropped,
                                   window.most_events));
  if (until >= 0 && until < window.to)
    left_out.push_back(fmt::format("spans of units after {}; a narrower window holds all of them", format_quantity(until, "s")));
  return left_out;
}

} // namespace

std::string timeline_label(const results::Run& run, std::size_t record) {
  const auto& own = run.records[record];
  std::string label = own.tokens > 0 ? fmt::format("{}, batch {}", own.machine, own.tokens) : own.machine;
  for (const auto& other : run.records)
    if (other.workload != own.workload)
      return fmt::format("{}, {}", label, own.workload);
  return label;
}

results::TraceWindow parse_window(const std::string& text, const std::string& option) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos)
    throw InputError(fmt::format("{}: expected FROM:TO as in 10us:1ms, found '{}'", option, text));
  results::TraceWindow window;
  window.from = seconds_at(text.substr(0, colon), window.from, option);
  window.to = seconds_at(text.substr(colon + 1), window.to, option);
  if (!(window.from < window.to))
    throw InputError(fmt::format("{}: '{}' is empty", option, text));
  return window;
}

void check_timeline_name(const std::string& file, const std::string& option) {
  if (!ends_with(file, ".json") && !ends_with(file, ".vcd"))
    throw InputError(fmt::format("{}: expected a name that ends in .json or .vcd, found '{}'", option, file));
  results::check_place(file);
}

std::vector<std::string> write_timeline(const results::Run& run, std::vector<results::UnitSpans> units,
                                        const std::string& file, const results::TraceWindow& window) {
  check_timeline_name(file);
  const bool vcd = ends_with(file, ".vcd");
  const std::vector<std::string> left_out = shorten(units, vcd, window);
  if (vcd) {
    write_vcd(run, units, file, window);
    return left_out;
  }
  results::Trace trace(window);
  for (std::size_t i = 0; i < run.records.size(); ++i) {
    const auto& record = run.records[i];
    const std::string label = timeline_label(run, i);
    add_stages(record, label, trace);
    for (const auto& curve : record.curves)
      if (curve.x_unit == "s") {
        const auto track = trace.add_track(label, curve.title);
        for (std::size_t k = 0; k < curve.x.size(); ++k)
          trace.counter(track, curve.y_unit, curve.x[k], curve.y[k]);
      }
    if (i < units.size())
      trace.add(label, units[i]);
  }
  results::write_file(file, trace.json());
  return left_out;
}

} // namespace moesaic::sim
