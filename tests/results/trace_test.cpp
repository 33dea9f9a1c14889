#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "results/trace.hpp"

using namespace moesaic::results;

TEST_SUITE_BEGIN("unit");

TEST_CASE("a trace has a process a machine, a thread a unit, and spans in microseconds") {
  Trace trace;
  const auto router = trace.add_track("loihi2", "router \"0,1\"");
  const auto core = trace.add_track("loihi2", "core");
  const auto card = trace.add_track("gemini1", "card");
  trace.span(core, "inner", 3e-6, 1e-6);
  trace.span(core, "outer", 2e-6, 5e-6); // later than what it holds: order does not matter
  trace.span(core, "next", 7e-6, 1e-6);  // touches
  trace.span(router, "hop", 1e-9, 2.5e-9);
  trace.counter(card, "busy", 1e-6, 3);
  const auto document = nlohmann::json::parse(trace.json());
  std::vector<std::string> spans;
  for (const auto& event : document["traceEvents"]) {
    if (event["ph"] == "X")
      spans.push_back(event["name"]);
    if (event["name"] == "hop") {
      CHECK(event["ts"].get<double>() == doctest::Approx(0.001));
      CHECK(event["dur"].get<double>() == doctest::Approx(0.0025));
      CHECK(event["pid"] == 1);
    }
    if (event["ph"] == "C") {
      CHECK(event["pid"] == 2);
      CHECK(event["name"] == "card busy");
      CHECK(event["args"]["value"] == 3);
    }
  }
  CHECK(spans == std::vector<std::string>{"hop", "outer", "inner", "next"});
  CHECK(document["otherData"]["dropped_events"] == "0");
}

TEST_CASE("spans that overlap in part are refused: no viewer draws them") {
  Trace trace;
  const auto a = trace.add_track("m", "a"), b = trace.add_track("m", "b");
  trace.span(a, "one", 0, 2);
  trace.span(b, "other track", 1, 2);
  CHECK_NOTHROW(trace.json());
  trace.span(a, "two", 1, 2);
  CHECK_THROWS_WITH_AS(trace.json(), "trace: on a, 'two' at 1 s overlaps 'one' in part", std::logic_error);
}

TEST_CASE("the window bounds time and number, and what is dropped is counted") {
  Trace trace({1, 2, 3});
  const auto track = trace.add_track("m", "u");
  trace.span(track, "before", 0, 0.5);
  trace.span(track, "touches", 0.5, 1);
  trace.span(track, "after", 2.5, 1);
  for (int i = 0; i < 5; ++i)
    trace.counter(track, "c", 1.5, i);
  CHECK(trace.events() == 3);
  CHECK(trace.dropped() == 5);
  CHECK(nlohmann::json::parse(trace.json())["otherData"]["dropped_events"] == "5");
  CHECK_THROWS_AS(trace.span(7, "x", 0, 1), std::logic_error);
}

TEST_SUITE_END();
