#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <systemc>
#include <unistd.h>

#include "description/error.hpp"
#include "hw/simulation.hpp"
#include "sim/comparison/timeline.hpp"

namespace moesaic::sim {

namespace {

using Picoseconds = std::uint64_t;

Picoseconds picoseconds(double seconds) {
  return static_cast<Picoseconds>(std::llround(seconds * 1e12));
}

/// What viewers take for a name.
std::string word(const std::string& text) {
  std::string name;
  for (const char c : text)
    name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

/// Plays changes back at their times: signals that SystemC traces.
class Player : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Player);
  explicit Player(const sc_core::sc_module_name& name) : sc_module(name) { SC_METHOD(play); }

  std::size_t add(const std::string& name, sc_core::sc_trace_file* file) {
    signals_.push_back(std::make_unique<sc_core::sc_signal<double>>());
    sc_core::sc_trace(file, *signals_.back(), name);
    return signals_.size() - 1;
  }
  std::size_t add_bit(const std::string& name, sc_core::sc_trace_file* file) {
    bits_.push_back(std::make_unique<sc_core::sc_signal<bool>>());
    sc_core::sc_trace(file, *bits_.back(), name);
    return bits_.size() - 1;
  }
  void set_at(Picoseconds time, std::size_t signal, double value) { changes_[time].values.emplace_back(signal, value); }
  /// Stages of one name may overlap: the bit is set while any of them is at work.
  void step_at(Picoseconds time, std::size_t bit, int step) { changes_[time].steps.emplace_back(bit, step); }

 private:
  struct Changes {
    std::vector<std::pair<std::size_t, double>> values;
    std::vector<std::pair<std::size_t, int>> steps;
  };

  void play() {
    if (next_ == nullptr) {
      next_ = std::make_unique<std::map<Picoseconds, Changes>::const_iterator>(changes_.begin());
      at_work_.assign(bits_.size(), 0);
    }
    auto& now = *next_;
    const Picoseconds time = sc_core::sc_time_stamp().value();
    for (; now != changes_.end() && now->first <= time; ++now) {
      for (const auto& [signal, value] : now->second.values)
        signals_[signal]->write(value);
      for (const auto& [bit, step] : now->second.steps)
        at_work_[bit] += step;
      for (const auto& [bit, step] : now->second.steps)
        bits_[bit]->write(at_work_[bit] > 0);
    }
    if (now != changes_.end())
      next_trigger(sc_core::sc_time::from_value(now->first - time));
  }

  std::vector<std::unique_ptr<sc_core::sc_signal<double>>> signals_;
  std::vector<std::unique_ptr<sc_core::sc_signal<bool>>> bits_;
  std::vector<int> at_work_;
  std::map<Picoseconds, Changes> changes_;
  std::unique_ptr<std::map<Picoseconds, Changes>::const_iterator> next_;
};

/// Adds a record's stages and curves, under names that begin with `label`.
void add_record(const std::string& label, const results::RunRecord& record, const results::TraceWindow& window, sc_core::sc_trace_file* file,
                Player& player) {
  std::map<std::string, std::size_t> bits;
  for (const auto& stage : record.stages) {
    const double from = std::max(stage.start, window.from), to = std::min(stage.start + stage.seconds, window.to);
    if (from > to)
      continue;
    if (!bits.count(stage.name))
      bits[stage.name] = player.add_bit(label + "." + word(stage.name), file);
    player.step_at(picoseconds(from), bits[stage.name], 1);
    player.step_at(picoseconds(to), bits[stage.name], -1);
  }
  for (const auto& curve : record.curves) {
    if (curve.x_unit != "s")
      continue;
    const std::size_t signal = player.add(label + "." + word(curve.title + " " + curve.y_unit), file);
    for (std::size_t i = 0; i < curve.x.size(); ++i)
      if (curve.x[i] >= window.from && curve.x[i] <= window.to)
        player.set_at(picoseconds(curve.x[i]), signal, curve.y[i]);
  }
}

/// A bit a unit, in the scope of its group.
void add_units(const std::string& label, const results::UnitSpans& units, const results::TraceWindow& window,
               sc_core::sc_trace_file* file, Player& player) {
  std::vector<std::size_t> bits;
  for (const auto& unit : units.units)
    bits.push_back(player.add_bit(label + "." + word(unit.group) + "." + word(unit.name), file));
  for (const auto& span : units.spans) {
    const double from = std::max(span.start, window.from), to = std::min(span.start + span.seconds, window.to);
    if (from > to)
      continue;
    player.step_at(picoseconds(from), bits[span.unit], 1);
    player.step_at(picoseconds(to), bits[span.unit], -1);
  }
}

constexpr const char* last_words = "end of the timeline";

/// Renames the file if it was written to its end; else it goes.
void keep_whole(const std::string& partial, const std::string& file) {
  std::ifstream in(partial, std::ios::binary);
  std::string line;
  bool whole = false;
  while (std::getline(in, line))
    whole = whole || line.find(last_words) != std::string::npos;
  std::error_code error;
  if (whole)
    std::filesystem::rename(partial, file, error);
  if (whole && !error)
    return;
  std::filesystem::remove(partial, error);
  throw InputError(fmt::format("{}: cannot be written to its end: is the disk full?", file));
}

} // namespace

void write_vcd(const results::Run& run, const std::vector<results::UnitSpans>& units, const std::string& file,
               const results::TraceWindow& window) {
  // SystemC only warns when it cannot write, and not at all when the disk is full.
  const std::string partial = fmt::format("{}.partial-{}", file.substr(0, file.size() - 4), getpid());
  hw::Simulation simulation;
  // What SystemC tells of the time scale would stand among the program's own output.
  const sc_core::sc_actions told = sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
  sc_core::sc_trace_file* trace = sc_core::sc_create_vcd_trace_file(partial.c_str());
  trace->set_time_unit(1, sc_core::SC_PS);
  Player player("timeline");
  for (std::size_t i = 0; i < run.records.size(); ++i) {
    const std::string label = word(timeline_label(run, i));
    add_record(label, run.records[i], window, trace, player);
    if (i < units.size())
      add_units(label, units[i], window, trace, player);
  }
  simulation.run(); // ends when nothing changes any more
  trace->write_comment(last_words);
  sc_core::sc_close_vcd_trace_file(trace);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, told);
  keep_whole(partial + ".vcd", file);
}

} // namespace moesaic::sim
