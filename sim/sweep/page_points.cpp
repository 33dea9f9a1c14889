#include "sim/sweep/page_points.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "results/base64.hpp"
#include "results/json_text.hpp"

namespace moesaic::sim::sweep {

namespace {

using Chosen = std::vector<const CollectedPoint*>;

/// The bits of all numbers as text in quotes, least significant byte first.
template <class Bits, class Number> std::string column(const std::vector<Number>& numbers) {
  static_assert(sizeof(Bits) == sizeof(Number));
  std::string bytes;
  for (const Number number : numbers) {
    Bits bits;
    std::memcpy(&bits, &number, sizeof bits);
    for (std::size_t b = 0; b < sizeof bits; ++b)
      bytes += static_cast<char>(bits >> (8 * b) & 0xff);
  }
  return '"' + results::base64(bytes) + '"';
}

template <class Number> std::string numbers_json(const Words& words) {
  std::vector<Number> numbers;
  for (std::size_t i = 0; i < words.size(); ++i)
    numbers.push_back(static_cast<Number>(words.number(i)));
  return column<Number>(numbers);
}

/// Each word once, and which one stands in each row: as bytes where these are enough, not at all where there is but one.
std::string json_of(const Words& words) {
  std::string list;
  for (const auto& word : words.words())
    list += (list.empty() ? "" : ",") + results::json_text(word);
  if (words.words().size() == 1)
    return fmt::format("{{\"words\":[{}],\"count\":{}}}", list, words.size());
  return fmt::format("{{\"words\":[{}],{}}}", list,
                     words.words().size() <= 256 ? "\"bytes\":" + numbers_json<std::uint8_t>(words)
                                                 : "\"at\":" + numbers_json<std::uint32_t>(words));
}

template <class Word> std::string words_json(const Chosen& points, std::size_t first, Word word) {
  Words words;
  for (std::size_t i = first; i < points.size(); ++i)
    words.push_back(word(*points[i]));
  return json_of(words);
}

template <class Number> std::string doubles_json(const Chosen& points, std::size_t first, Number number) {
  std::vector<double> numbers;
  for (std::size_t i = first; i < points.size(); ++i)
    numbers.push_back(number(*points[i]->result));
  return column<std::uint64_t>(numbers);
}

/// The ends of intervals: low, high, low, high ...
template <class Interval> std::string ends_json(const Chosen& points, std::size_t first, Interval interval) {
  std::vector<float> ends;
  for (std::size_t i = first; i < points.size(); ++i) {
    const results::Interval value = interval(*points[i]->result);
    ends.push_back(static_cast<float>(value.low)), ends.push_back(static_cast<float>(value.high));
  }
  return column<std::uint32_t>(ends);
}

std::string results_json(const Plan& plan, const Chosen& points, std::size_t first) {
  using Result = const FinishedPoint&;
  const auto of = [&](const CollectedPoint& point) -> const Point& { return plan.points[point.index]; };
  const auto seconds = [](Result r) { return r.seconds(); };
  const auto joules = [](Result r) { return r.joules(); };
  std::string json = fmt::format("{{\"count\":{}", points.size() - first);
  const auto add = [&](const char* name, const std::string& column) {
    json += fmt::format(",\"{}\":{}", name, column);
  };
  add("machine", words_json(points, first, [&](const auto& p) { return plan.inputs.machines[of(p).machine].name; }));
  add("workload", words_json(points, first, [&](const auto& p) { return plan.inputs.workloads[of(p).workload].name; }));
  add("kind", words_json(points, first, [](const auto& p) { return p.result->like().kind; }));
  add("bound", words_json(points, first, [](const auto& p) { return p.result->like().bound; }));
  add("tokens", words_json(points, first, [](const auto& p) { return std::to_string(p.result->tokens()); }));
  add("chips", words_json(points, first, [](const auto& p) { return std::to_string(p.result->chips()); }));
  add("seconds", doubles_json(points, first, [](Result r) { return r.seconds().nominal; }));
  add("joules", doubles_json(points, first, [](Result r) { return r.joules().nominal; }));
  add("seconds_ends", ends_json(points, first, seconds));
  add("joules_ends", ends_json(points, first, joules));
  return json + "}";
}

const Value* value_at(const Point& point, std::size_t variable) {
  for (const Setting& setting : point.settings)
    if (setting.variable == variable)
      return &setting.value;
  return nullptr;
}

/// "2 GB/s" in two: a number and its unit.
struct Measured {
  double number;
  std::string unit;
};
std::optional<Measured> measured(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || (*end != '\0' && *end != ' '))
    return std::nullopt;
  return Measured{number, *end == ' ' ? end + 1 : ""};
}

std::string variable_json(const Plan& plan, const Chosen& points, std::size_t variable) {
  Words words;
  std::vector<double> numbers;
  std::optional<std::string> unit;
  bool one_unit = true;
  for (const auto* point : points) {
    const Value* value = value_at(plan.points[point->index], variable);
    const auto number = value ? measured(value->text) : std::nullopt;
    words.push_back(value ? value->text : "");
    numbers.push_back(number ? number->number : std::numeric_limits<double>::quiet_NaN());
    if (value && !unit)
      unit = number ? number->unit : "";
    one_unit &= !value || (number && number->unit == *unit);
  }
  const std::string name = results::json_text(plan.spec.variables[variable].name);
  if (!one_unit || words.words().size() < 20) // as it was written, where that is no longer
    return fmt::format("{{\"name\":{},\"values\":{}}}", name, json_of(words));
  return fmt::format("{{\"name\":{},\"unit\":{},\"numbers\":{}}}", name, results::json_text(unit.value_or("")),
                     column<std::uint64_t>(numbers));
}

} // namespace

std::string page_columns(const Plan& plan, const Chosen& points, std::size_t first) {
  std::string variables;
  for (std::size_t i = 0; i < plan.spec.variables.size(); ++i)
    variables += (i ? ",\n" : "") + variable_json(plan, points, i);
  return fmt::format("\"variables\":[{}],\n\"points\":{}", variables,
                     results_json(plan, points, std::min(first, points.size())));
}

} // namespace moesaic::sim::sweep
