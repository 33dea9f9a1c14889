// A trace in Chrome's format, read back by track.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

/// Spans by "process / track", as name, start and length in microseconds; processes and tracks are found by their numbers.
struct Tracks {
  struct Span {
    std::string name;
    double start, length;
  };
  explicit Tracks(const nlohmann::json& trace) {
    std::map<int, std::string> process;
    std::map<std::pair<int, int>, std::string> track;
    for (const auto& event : trace.at("traceEvents"))
      if (event.at("ph") == "M" && event.at("name") == "process_name")
        process[event.at("pid")] = event.at("args").at("name");
    for (const auto& event : trace.at("traceEvents")) {
      if (event.at("ph") == "M" && event.at("name") == "thread_name")
        track[{event.at("pid"), event.at("tid")}] = process.at(event.at("pid")) + " / " + event.at("args").at("name").get<std::string>();
      if (event.at("ph") == "X")
        spans[track.at({event.at("pid"), event.at("tid")})].push_back({event.at("name"), event.at("ts"), event.at("dur")});
    }
  }
  /// Microseconds of all tracks whose name begins and ends so.
  double busy(const std::string& begin, const std::string& end) const {
    double sum = 0;
    for (const auto& [track, times] : spans)
      if (track.rfind(begin, 0) == 0 && track.size() >= end.size() && track.compare(track.size() - end.size(), end.size(), end) == 0)
        for (const Span& span : times)
          sum += span.length;
    return sum;
  }
  std::map<std::string, std::vector<Span>> spans;
};
