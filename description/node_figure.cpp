// Figures of a document: quantities with interval, source and confidence.
#include <fmt/format.h>

#include "description/document.hpp"
#include "description/document_impl.hpp"
#include "description/error.hpp"

namespace moesaic {

namespace {

Quantity quantity_at(const Node& node, const Dimension& dimension) {
  Quantity quantity;
  try {
    quantity = parse_quantity(node.text());
  } catch (const InputError& e) {
    node.fail(e.what());
  }
  if (quantity.dimension != dimension)
    node.fail(fmt::format("expected {}, found '{}'", dimension.name(), node.text()));
  return quantity;
}

void set_interval(Figure& figure, const Node& entry, const Dimension& dimension) {
  if (const auto interval = entry.find("interval")) {
    const auto ends = interval->items();
    if (ends.size() != 2)
      interval->fail("expected [low, high]");
    figure.low = quantity_at(ends[0], dimension).value;
    figure.high = quantity_at(ends[1], dimension).value;
    if (figure.low > figure.value || figure.high < figure.value)
      interval->fail("does not hold the value");
    return;
  }
  static const double below[] = {1, 0.9, 0.7, 0.5}, above[] = {1, 1.1, 1.3, 2.0};
  const auto i = static_cast<std::size_t>(figure.confidence);
  const double a = figure.value * below[i], b = figure.value * above[i];
  figure.low = std::min(a, b);
  figure.high = std::max(a, b);
}

} // namespace

std::optional<Figure> Node::find_figure(const std::string& key, const Dimension& dimension) const {
  const auto child = find(key);
  if (!child)
    return std::nullopt;
  const Node entry = child->is_map() ? *child : *this; // where source and confidence stand
  const Node value = child->is_map() ? child->at("value") : *child;
  const Quantity quantity = quantity_at(value, dimension);
  Figure figure;
  figure.value = quantity.value;
  figure.dimension = dimension;
  figure.unit = quantity.unit;
  figure.path = child->path();
  if (!entry.has("source"))
    value.fail("has no source (a figure needs `source` and `confidence`)");
  figure.source = entry.at("source").text();
  std::vector<std::string> known;
  for (const auto& source : impl_->document->sources)
    known.push_back(source.first);
  if (!impl_->document->sources.count(figure.source))
    entry.at("source").fail(
        fmt::format("'{}' is not among `sources`{}", figure.source, suggestion(figure.source, known)));
  figure.confidence =
      static_cast<Confidence>(entry.at("confidence").choice({"exact", "high", "medium", "low"}));
  figure.note = entry.text_or("note", "");
  set_interval(figure, entry, dimension);
  impl_->document->figures.push_back(figure);
  return figure;
}

Figure Node::figure(const std::string& key, const Dimension& dimension) const {
  if (auto figure = find_figure(key, dimension))
    return *figure;
  at(key); // throws, with the nearest key
  fail("unreachable");
}

} // namespace moesaic
