#include "hw/technology.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/error.hpp"

namespace moesaic::hw {

namespace {

ScaleFactor inverse(const ScaleFactor& a) {
  return {1 / a.value, 1 / a.high, 1 / a.low};
}

} // namespace

std::string node_text(double node) {
  return fmt::format("{:.3g} nm", node * 1e9);
}

double parse_node(const std::string& text) {
  const Quantity quantity = parse_quantity(text);
  if (quantity.dimension != dimension::length || quantity.value <= 0)
    throw InputError(fmt::format("expected a process node such as 7 nm, found '{}'", text));
  return quantity.value;
}

void Technology::add_row(Rows& rows, double node, const Figure& figure, double relative_to) {
  Row row{node, figure, -1};
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].node == relative_to)
      row.parent = static_cast<int>(i);
  rows.push_back(std::move(row));
}

Technology Technology::load() {
  const Document document = Document::load(catalog_folder("hw/technology") + "/scaling.yaml");
  const Node root = document.root();
  root.find("sources");
  Technology technology;
  for (const Node& entry : root.at("nodes").items()) {
    const double node = parse_node(entry.at("node").text());
    const auto relative = entry.find("relative_to");
    const double to = relative ? parse_node(relative->text()) : 0;
    add_row(technology.energy_, node, entry.figure("energy", dimension::count), to);
    add_row(technology.area_, node, entry.figure("area", dimension::count), to);
    if (const auto delay = entry.find_figure("delay", dimension::count))
      add_row(technology.delay_, node, *delay, to);
  }
  document.reject_unread_keys();
  return technology;
}

/// How much each row's logarithm counts in the node's own.
std::vector<double> Technology::weights(const Rows& rows, const char* what, double node) {
  // Nodes are written in nanometres: the last bits of the conversion must not put one outside.
  constexpr double slack = 1e-9;
  std::vector<double> weight(rows.size(), 0);
  const auto add = [&](std::size_t row, double share) {
    for (int i = static_cast<int>(row); i >= 0; i = rows[static_cast<std::size_t>(i)].parent)
      weight[static_cast<std::size_t>(i)] += share;
  };
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    const double large = rows[i].node, small = rows[i + 1].node;
    if (node > large * (1 + slack) || node < small * (1 - slack))
      continue;
    const double share = std::log(large / node) / std::log(large / small);
    add(i, 1 - share);
    add(i + 1, share);
    return weight;
  }
  throw InputError(fmt::format("scaling {} to or from {} is not supported: it is published for {} to {}", what,
                               node_text(node), node_text(rows.front().node), node_text(rows.back().node)));
}

ScaleFactor Technology::factor(const Rows& rows, const char* what, double from, double to) {
  const auto before = weights(rows, what, from), after = weights(rows, what, to);
  ScaleFactor by;
  if (from == to)
    return by;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double weight = after[i] - before[i];
    const Figure& figure = rows[i].figure;
    by.value *= std::pow(figure.value, weight);
    by.low *= std::pow(weight > 0 ? figure.low : figure.high, weight);
    by.high *= std::pow(weight > 0 ? figure.high : figure.low, weight);
  }
  if (to < from)
    by.high = std::min(by.high, 1.0);
  else
    by.low = std::max(by.low, 1.0);
  return by;
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

namespace {

/// The factor from any of the nodes that the process may be counted as.
template <class Factor> ScaleFactor from_any(const Process& from, double to, Factor factor) {
  ScaleFactor all = factor(from.node, to);
  for (const double end : {from.low, from.high}) {
    const ScaleFactor by = factor(end, to);
    all.low = std::min(all.low, by.low);
    all.high = std::max(all.high, by.high);
  }
  return all;
}

} // namespace

Figure Technology::scaled(const Figure& figure, const Process& from, double to) const {
  const auto is = [&](const char* unit) { return figure.dimension == parse_quantity(unit).dimension; };
  const auto of_energy = [&](double a, double b) { return energy(a, b); };
  const auto of_delay = [&](double a, double b) { return delay(a, b); };
  const auto of_power = [&](double a, double b) {
    const ScaleFactor e = energy(a, b), d = delay(a, b);
    const double value = e.value / d.value, fast = e.low / d.low, slow = e.high / d.high;
    // Where the time does not follow the circuits, power alone must not make the older node cheaper.
    const double least = b > a ? 1 : 0, most = b < a ? 1 : std::numeric_limits<double>::infinity();
    return ScaleFactor{value, std::max(least, std::min({value, fast, slow})), std::min(most, std::max({value, fast, slow}))};
  };
  ScaleFactor by;
  if (is("1 J") || is("1 J/B") || is("1 J/op"))
    by = from_any(from, to, of_energy);
  else if (is("1 s"))
    by = from_any(from, to, of_delay);
  else if (is("1 Hz") || is("1 B/s") || is("1 op/s"))
    by = inverse(from_any(from, to, of_delay));
  else if (is("1 W"))
    by = from_any(from, to, of_power);
  else if (figure.dimension == dimension::area)
    by = from_any(from, to, [&](double a, double b) { return area(a, b); });
  else
    return figure;
  if (by.value == 1 && by.low == 1 && by.high == 1)
    return figure;
  Figure scaled = figure;
  scaled.value *= by.value;
  scaled.low *= by.low;
  scaled.high *= by.high;
  scaled.confidence = Confidence::low;
  scaled.note = fmt::format("scaled from {} to {}; {} at {} (source {})", node_text(from.node), node_text(to),
                            format_quantity(figure.value, "", 4), node_text(from.node), figure.source);
  return scaled;
}

} // namespace moesaic::hw
