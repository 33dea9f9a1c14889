#include "results/trace.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "results/json_text.hpp"

namespace moesaic::results {

namespace {

/// Picoseconds hold any clock, and print the same everywhere.
std::string microseconds(double seconds) {
  return fmt::format("{:.6f}", seconds * 1e6);
}

} // namespace

Trace::Track Trace::add_track(const std::string& machine, const std::string& unit) {
  const auto found = std::find(machines_.begin(), machines_.end(), machine);
  const auto index = static_cast<std::size_t>(found - machines_.begin());
  if (found == machines_.end())
    machines_.push_back(machine);
  units_.push_back({index, unit});
  return units_.size() - 1;
}

bool Trace::admits(double first, double last) {
  if (last >= window_.from && first <= window_.to && events() < window_.most_events)
    return true;
  ++dropped_;
  return false;
}

std::size_t Trace::name(const std::string& text) {
  const auto [entry, added] = name_index_.emplace(text, names_.size());
  if (added)
    names_.push_back(text);
  return entry->second;
}

void Trace::span(Track track, const std::string& what, double start, double seconds) {
  if (track >= units_.size())
    throw std::logic_error("trace: no such track");
  if (admits(start, start + seconds))
    spans_.push_back({track, name(what), start, seconds});
}

void Trace::counter(Track track, const std::string& what, double time, double value) {
  if (track >= units_.size())
    throw std::logic_error("trace: no such track");
  if (admits(time, time))
    samples_.push_back({track, name(what), time, value});
}

void Trace::add(const std::string& machine, const UnitSpans& units) {
  std::vector<Track> tracks;
  for (const auto& unit : units.units)
    tracks.push_back(add_track(machine + ", " + unit.group, unit.name));
  for (const auto& s : units.spans)
    span(tracks[s.unit], units.names[s.what], s.start, s.seconds);
  dropped_ += units.dropped;
  if (units.followed_until >= 0)
    cut_at(units.followed_until);
}

/// By track, then by start; of spans that start together the longer is the outer one and comes first.
std::vector<Trace::Span> Trace::in_drawing_order() const {
  auto spans = spans_;
  std::stable_sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    if (a.track != b.track)
      return a.track < b.track;
    return a.start != b.start ? a.start < b.start : a.seconds > b.seconds;
  });
  return spans;
}

void Trace::check_nesting(const std::vector<Span>& spans) const {
  std::vector<Span> open;
  for (const Span& span : spans) {
    const double end = span.start + span.seconds, rounding = 1e-12; // what the file resolves
    const auto closed = [&](const Span& outer) {
      return outer.track != span.track || outer.start + outer.seconds <= span.start + rounding;
    };
    while (!open.empty() && closed(open.back()))
      open.pop_back();
    if (!open.empty() && end > open.back().start + open.back().seconds + rounding)
      throw std::logic_error(fmt::format("trace: on {}, '{}' at {} s overlaps '{}' in part",
                                         units_[span.track].name, names_[span.what], span.start,
                                         names_[open.back().what]));
    open.push_back(span);
  }
}

std::string Trace::json() const {
  const auto spans = in_drawing_order();
  check_nesting(spans);
  std::string text = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
  auto event = [&, first = true](const std::string& body) mutable {
    text += (first ? "\n{" : ",\n{") + body + '}';
    first = false;
  };
  for (std::size_t i = 0; i < machines_.size(); ++i)
    event(fmt::format(R"("ph":"M","name":"process_name","pid":{},"args":{{"name":{}}})", i + 1,
                      json_text(machines_[i])));
  for (std::size_t i = 0; i < units_.size(); ++i) {
    const std::string place = fmt::format(R"("pid":{},"tid":{})", units_[i].machine + 1, i + 1);
    event(fmt::format(R"("ph":"M","name":"thread_name",{},"args":{{"name":{}}})", place,
                      json_text(units_[i].name)));
    event(fmt::format(R"("ph":"M","name":"thread_sort_index",{},"args":{{"sort_index":{}}})", place, i));
  }
  for (const Span& s : spans)
    event(fmt::format(R"("ph":"X","name":{},"pid":{},"tid":{},"ts":{},"dur":{})", json_text(names_[s.what]),
                      units_[s.track].machine + 1, s.track + 1, microseconds(s.start),
                      microseconds(s.seconds)));
  for (const Sample& s : samples_) // counters belong to a process, so their unit is part of their name
    event(fmt::format(R"("ph":"C","name":{},"pid":{},"ts":{},"args":{{"value":{}}})",
                      json_text(units_[s.track].name + " " + names_[s.what]), units_[s.track].machine + 1,
                      microseconds(s.time), s.value));
  const std::string cut = cut_at_ < 0 ? "" : fmt::format(R"(,"followed_until_us":"{}")", microseconds(cut_at_));
  return text + fmt::format("\n],\"otherData\":{{\"dropped_events\":\"{}\"{}}}}}\n", dropped_, cut);
}

} // namespace moesaic::results
