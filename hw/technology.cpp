#include "hw/technology.hpp"

#include <cmath>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/error.hpp"

namespace moesaic::hw {

namespace {

std::string text_of(double node) {
  return fmt::format("{:.3g} nm", node * 1e9);
}

ScaleFactor quotient(const ScaleFactor& a, const ScaleFactor& b) {
  return {a.value / b.value, a.low / b.high, a.high / b.low};
}

constexpr ScaleFactor one;

} // namespace

double parse_node(const std::string& text) {
  const Quantity quantity = parse_quantity(text);
  if (quantity.dimension != dimension::length || quantity.value <= 0)
    throw InputError(fmt::format("expected a process node such as 7 nm, found '{}'", text));
  return quantity.value;
}

Technology Technology::load() {
  const Document document = Document::load(catalog_folder("hw/technology") + "/scaling.yaml");
  const Node root = document.root();
  root.find("sources");
  Technology technology;
  for (const Node& entry : root.at("nodes").items()) {
    const double node = parse_node(entry.at("node").text());
    technology.energy_.push_back({node, entry.figure("energy", dimension::count)});
    technology.area_.push_back({node, entry.figure("area", dimension::count)});
    if (const auto delay = entry.find_figure("delay", dimension::count))
      technology.delay_.push_back({node, *delay});
  }
  document.reject_unread_keys();
  return technology;
}

ScaleFactor Technology::factor(const Rows& rows, const char* what, double from, double to) {
  const auto at = [&](double node) {
    // Nodes are written in nanometres: the last bits of the conversion must not put one outside.
    constexpr double slack = 1e-9;
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
      const Row &large = rows[i], &small = rows[i + 1];
      if (node > large.node * (1 + slack) || node < small.node * (1 - slack))
        continue;
      const double share = std::log(large.node / node) / std::log(large.node / small.node);
      const auto between = [&](double a, double b) { return a * std::pow(b / a, share); };
      return ScaleFactor{between(large.figure.value, small.figure.value),
                         between(large.figure.low, small.figure.low),
                         between(large.figure.high, small.figure.high)};
    }
    throw InputError(fmt::format("scaling {} to or from {} is not supported: it is published for {} to {}",
                                 what, text_of(node), text_of(rows.front().node), text_of(rows.back().node)));
  };
  const ScaleFactor before = at(from), after = at(to);
  return from == to ? one : quotient(after, before);
}

ScaleFactor Technology::energy(double from, double to) const {
  return factor(energy_, "energy", from, to);
}
ScaleFactor Technology::delay(double from, double to) const {
  return factor(delay_, "delay", from, to);
}
ScaleFactor Technology::area(double from, double to) const {
  return factor(area_, "area", from, to);
}

Figure Technology::scaled(const Figure& figure, double from, double to) const {
  const auto is = [&](const char* unit) { return figure.dimension == parse_quantity(unit).dimension; };
  ScaleFactor by;
  if (is("1 J") || is("1 J/B") || is("1 J/op"))
    by = energy(from, to);
  else if (is("1 s"))
    by = delay(from, to);
  else if (is("1 Hz") || is("1 B/s") || is("1 op/s"))
    by = quotient(one, delay(from, to));
  else if (is("1 W"))
    by = quotient(energy(from, to), delay(from, to));
  else if (figure.dimension == dimension::area)
    by = area(from, to);
  else
    return figure;
  if (from == to)
    return figure;
  Figure scaled = figure;
  scaled.value *= by.value;
  scaled.low *= by.low;
  scaled.high *= by.high;
  scaled.confidence = Confidence::low;
  scaled.note = fmt::format("scaled from {} to {}; {} at {} (source {})", text_of(from), text_of(to),
                            format_quantity(figure.value, "", 4), text_of(from), figure.source);
  return scaled;
}

} // namespace moesaic::hw
