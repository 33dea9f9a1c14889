#include "description/unit.hpp"

#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic {

static Dimension base(Dimension::Base unit, int exponent = 1) {
  Dimension d;
  d.exponent[unit] = exponent;
  return d;
}

Dimension operator*(Dimension a, const Dimension& b) {
  for (std::size_t i = 0; i < a.exponent.size(); ++i)
    a.exponent[i] += b.exponent[i];
  return a;
}

Dimension operator/(Dimension a, const Dimension& b) {
  for (std::size_t i = 0; i < a.exponent.size(); ++i)
    a.exponent[i] -= b.exponent[i];
  return a;
}

namespace dimension {
const Dimension count{};
const Dimension time = base(Dimension::second);
const Dimension energy = base(Dimension::joule);
const Dimension power = energy / time;
const Dimension frequency = count / time;
const Dimension data = base(Dimension::byte);
const Dimension bandwidth = data / time;
const Dimension cycles = base(Dimension::cycle);
const Dimension operations = base(Dimension::operation);
const Dimension operation_rate = operations / time;
const Dimension energy_per_byte = energy / data;
const Dimension energy_per_operation = energy / operations;
const Dimension cycles_per_byte = cycles / data;
const Dimension length = base(Dimension::metre);
const Dimension area = base(Dimension::metre, 2);
const Dimension voltage = base(Dimension::volt);
} // namespace dimension

std::string Dimension::name() const {
  using namespace dimension;
  static const std::vector<std::pair<Dimension, const char*>> names = {
      {count, "a count (for example 128 cores)"},
      {time, "a time (for example 4.1 ns)"},
      {energy, "an energy (for example 23.6 pJ)"},
      {power, "a power (for example 700 W)"},
      {frequency, "a frequency (for example 500 MHz)"},
      {data, "a size (for example 192 KiB)"},
      {bandwidth, "a bandwidth (for example 3350 GB/s)"},
      {cycles, "clock cycles (for example 12 cycles)"},
      {operations, "operations (for example 2048 op)"},
      {operation_rate, "an operation rate (for example 989 TFLOP/s)"},
      {energy_per_byte, "an energy per data (for example 3.59 pJ/bit)"},
      {energy_per_operation, "an energy per operation (for example 0.64 pJ/FLOP)"},
      {cycles_per_byte, "cycles per byte (for example 0.19 cycles/B)"},
      {length, "a length (for example 4 nm)"},
      {area, "an area (for example 31 mm^2)"},
      {voltage, "a voltage (for example 0.8 V)"},
  };
  for (const auto& [d, text] : names)
    if (d == *this)
      return text;
  static const char* const symbols[base_count] = {"s", "J", "B", "cycle", "op", "m", "V"};
  std::string text;
  for (int i = 0; i < base_count; ++i)
    if (exponent[i] != 0)
      text += fmt::format("{}{}^{}", text.empty() ? "" : " ", symbols[i], exponent[i]);
  return text;
}

namespace {

struct Symbol {
  Dimension dimension;
  double scale;
  bool prefixes; ///< takes SI prefixes
};

const std::map<std::string, Symbol>& symbols() {
  using namespace dimension;
  static const std::map<std::string, Symbol> table = {
      {"s", {time, 1, true}},        {"J", {energy, 1, true}},        {"W", {power, 1, true}},
      {"Hz", {frequency, 1, true}},  {"B", {data, 1, true}},          {"bit", {data, 0.125, true}},
      {"cycle", {cycles, 1, false}}, {"cycles", {cycles, 1, false}},  {"op", {operations, 1, true}},
      {"OP", {operations, 1, true}}, {"FLOP", {operations, 1, true}}, {"m", {length, 1, true}},
      {"V", {voltage, 1, true}},     {"min", {time, 60, false}},      {"h", {time, 3600, false}},
      {"%", {count, 0.01, false}},
  };
  return table;
}

/// Words that count things: dimensionless, singular or plural as written.
bool is_counting_word(const std::string& word) {
  static const std::set<std::string> words = {
      "core",    "neuron",   "chip",   "tile",    "column", "row",    "section", "bank",      "lane",
      "entry",   "slot",     "card",   "channel", "port",   "flit",   "packet",  "spike",     "synapse",
      "weight",  "axon",     "expert", "group",   "token",  "layer",  "SM",      "rank",      "node",
      "device",  "register", "step",   "hop",     "router", "buffer", "element", "parameter", "kernel",
      "wave",    "bitplane", "word",   "symbol",  "atom",   "edge",   "vertex",  "ratio",     "instruction",
      "command", "board",    "sample", "level",   "digit"};
  static const std::map<std::string, std::string> plurals = {{"entries", "entry"}, {"vertices", "vertex"}};
  if (auto it = plurals.find(word); it != plurals.end())
    return true;
  if (words.count(word))
    return true;
  if (word.size() > 2 && word.substr(word.size() - 2) == "es" && words.count(word.substr(0, word.size() - 2)))
    return true;
  return word.size() > 1 && word.back() == 's' && words.count(word.substr(0, word.size() - 1));
}

Symbol symbol_of(const std::string& word) {
  if (auto it = symbols().find(word); it != symbols().end())
    return it->second;
  static const std::vector<std::pair<std::string, double>> prefixes = {
      {"Ki", 1024.0}, {"Mi", 1048576.0}, {"Gi", 1073741824.0}, {"Ti", 1099511627776.0},
      {"f", 1e-15},   {"p", 1e-12},      {"n", 1e-9},          {"u", 1e-6},
      {"m", 1e-3},    {"k", 1e3},        {"K", 1e3},           {"M", 1e6},
      {"G", 1e9},     {"T", 1e12},       {"P", 1e15}};
  for (const auto& [prefix, scale] : prefixes) {
    if (word.compare(0, prefix.size(), prefix) != 0)
      continue;
    auto it = symbols().find(word.substr(prefix.size()));
    if (it != symbols().end() && it->second.prefixes)
      return {it->second.dimension, scale * it->second.scale, false};
  }
  if (is_counting_word(word))
    return {dimension::count, 1, false};
  std::vector<std::string> known;
  for (const auto& entry : symbols())
    known.push_back(entry.first);
  for (const char* common :
       {"pJ", "nJ", "mJ", "ns", "us", "ms", "mW", "MHz", "GHz", "KiB", "MiB", "GB", "TB"})
    known.push_back(common);
  throw InputError(fmt::format("unknown unit '{}'{}", word, suggestion(word, known)));
}

} // namespace

Quantity parse_quantity(const std::string& text) {
  std::size_t used = 0;
  Quantity q;
  try {
    q.value = std::stod(text, &used);
  } catch (const std::exception&) {
    throw InputError(fmt::format("'{}' is not a number with a unit", text));
  }
  if (!std::isfinite(q.value))
    throw InputError(fmt::format("'{}' is not finite", text));
  const std::size_t start = text.find_first_not_of(' ', used);
  if (start == std::string::npos)
    throw InputError(fmt::format("'{}' has no unit", text));
  q.unit = text.substr(start, text.find_last_not_of(' ') - start + 1);

  bool divide = false;
  for (std::size_t at = 0; at <= q.unit.size();) {
    std::size_t end = q.unit.find_first_of("/* ", at);
    if (end == std::string::npos)
      end = q.unit.size();
    std::string word = q.unit.substr(at, end - at);
    int power = 1;
    if (const std::size_t caret = word.find('^'); caret != std::string::npos) {
      const std::string exponent = word.substr(caret + 1);
      if (exponent != "2" && exponent != "3")
        throw InputError(fmt::format("unit '{}': only ^2 and ^3 are understood", q.unit));
      power = exponent[0] - '0';
      word.resize(caret);
    }
    if (word.empty())
      throw InputError(fmt::format("'{}' is not a unit", q.unit));
    const Symbol symbol = symbol_of(word);
    for (int i = 0; i < power; ++i) {
      q.value = divide ? q.value / symbol.scale : q.value * symbol.scale;
      q.dimension = divide ? q.dimension / symbol.dimension : q.dimension * symbol.dimension;
    }
    if (end == q.unit.size())
      break;
    divide = q.unit[end] == '/';
    at = end + 1;
  }
  return q;
}

std::string format_quantity(double value, const std::string& base_unit, int significant) {
  static const std::pair<double, const char*> prefixes[] = {
      {1e15, "P"}, {1e12, "T"}, {1e9, "G"},  {1e6, "M"},   {1e3, "k"},  {1, ""},
      {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}, {1e-12, "p"}, {1e-15, "f"}};
  if (value == 0 || !std::isfinite(value))
    return fmt::format("{} {}", value, base_unit);
  for (const auto& [scale, prefix] : prefixes) {
    const double scaled = value / scale;
    // A value that would print as 1000 belongs to the next prefix up.
    if (std::abs(scaled) < 1 - 0.5 * std::pow(10.0, -significant) && scale > 1e-15)
      continue;
    const int whole =
        static_cast<int>(std::floor(std::log10(std::max(std::abs(scaled), 1e-300)) + 1e-12)) + 1;
    return fmt::format("{:.{}f} {}{}", scaled, std::max(0, significant - std::max(whole, 1)), prefix,
                       base_unit);
  }
  return fmt::format("{} {}", value, base_unit);
}

} // namespace moesaic
