#include "hw/process_node.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "description/override.hpp"

namespace moesaic::hw {

namespace {

double node_at(const Node& node) {
  try {
    return parse_node(node.text());
  } catch (const InputError& error) {
    node.fail(error.what());
  }
}

bool lies_below(const std::string& path, const std::string& above) {
  return path.compare(0, above.size(), above) == 0 &&
         (path.size() == above.size() || path[above.size()] == '.' || path[above.size()] == '[');
}

bool differ(const Figure& a, const Figure& b) {
  return a.value != b.value || a.low != b.low || a.high != b.high;
}

std::vector<Figure> scaled_figures(const Document& built, const Process& process, double node,
                                   const std::vector<Figure>& figures, const Technology& technology) {
  std::vector<Figure> scaled;
  for (const std::string& above : process.scales) {
    bool any = false;
    for (const Figure& figure : figures) {
      if (!lies_below(figure.path, above))
        continue;
      any = true;
      const bool known = std::any_of(scaled.begin(), scaled.end(),
                                     [&](const Figure& other) { return other.path == figure.path; });
      Figure other = technology.scaled(figure, process, node);
      if (!known && differ(other, figure))
        scaled.push_back(std::move(other));
    }
    if (!any)
      throw InputError(fmt::format("{}: technology.scales: the machine reads no figure below '{}'", built.file(), above));
  }
  return scaled;
}

const Figure& figure_at(const std::vector<Figure>& figures, const std::string& path, const Document& built) {
  const auto found = std::find_if(figures.begin(), figures.end(), [&](const Figure& figure) { return figure.path == path; });
  if (found == figures.end())
    throw InputError(fmt::format("{}: technology.steady: the machine reads no figure '{}'", built.file(), path));
  return *found;
}

/// What lies off the die keeps its time, which was written in cycles: at its quick end the figure still quickens with the
/// clock (or at a slower one keeps its time), at its slow end it is the other way round.
void add_steady(const Document& built, const Process& process, double node, const std::vector<Figure>& figures,
                std::vector<Figure>& scaled) {
  const auto faster = std::find_if(scaled.begin(), scaled.end(), [&](const Figure& figure) { return figure.path == process.steady_clock; });
  if (faster == scaled.end())
    return;
  const Figure after = *faster;
  const Figure& before = figure_at(figures, process.steady_clock, built);
  for (const std::string& above : process.steady) {
    bool any = false;
    for (const Figure& figure : figures) {
      if (!lies_below(figure.path, above) || figure.dimension.exponent[Dimension::cycle] != 1)
        continue;
      any = true;
      Figure time = figure;
      time.value /= before.value;
      time.low /= std::max(before.high, after.high);
      time.high /= std::min(before.low, after.low);
      time.dimension = figure.dimension / dimension::cycles * dimension::time;
      time.unit = figure.dimension == dimension::cycles ? "ns" : "ns/B";
      time.confidence = Confidence::low;
      time.note = fmt::format("{:.6g} {} at {}, which time stays at {}; at its quick end it follows the clock (source {})",
                              figure.value, figure.unit, node_text(process.node), node_text(node), figure.source);
      scaled.push_back(std::move(time));
    }
    if (!any)
      throw InputError(fmt::format("{}: technology.steady: the machine reads no figure in cycles below '{}'", built.file(), above));
  }
}

std::string quoted(const std::string& text) {
  std::string all = "\"";
  for (const char c : text)
    (all += c == '"' || c == '\\' ? "\\" : "") += c;
  return all + "\"";
}

} // namespace

std::optional<Process> read_process(const Document& description) {
  const auto entry = description.root().find("technology");
  if (!entry)
    return std::nullopt;
  Process process;
  process.node = process.low = process.high = node_at(entry->at("node"));
  if (const auto interval = entry->find("interval")) {
    const auto ends = interval->items();
    if (ends.size() != 2)
      interval->fail("expected [least, largest] node");
    process.low = node_at(ends[0]), process.high = node_at(ends[1]);
    if (!(process.low <= process.node && process.node <= process.high))
      interval->fail("must hold the node");
  }
  const std::string source = entry->at("source").text();
  if (!description.sources().count(source))
    entry->at("source").fail(fmt::format("'{}' is not among the sources", source));
  entry->at("confidence").choice({"exact", "high", "medium", "low"});
  entry->text_or("note", "");
  for (const Node& path : entry->at("scales").items())
    process.scales.push_back(path.text());
  if (const auto steady = entry->find("steady")) {
    const std::string why = steady->at("source").text();
    if (!description.sources().count(why))
      steady->at("source").fail(fmt::format("'{}' is not among the sources", why));
    steady->at("confidence").choice({"exact", "high", "medium", "low"});
    steady->text_or("note", "");
    process.steady_clock = steady->at("clock").text();
    for (const Node& path : steady->at("cycles").items())
      process.steady.push_back(path.text());
  }
  return process;
}

NameAtNode split_node(const std::string& name) {
  const std::size_t at = name.rfind('@');
  if (at == std::string::npos || at == 0)
    return {name, std::nullopt};
  try {
    return {name.substr(0, at), parse_node(name.substr(at + 1))};
  } catch (const InputError&) {
    return {name, std::nullopt};
  }
}

std::string name_at(const std::string& name, double node) {
  return fmt::format("{}@{:.3g}nm", name, node * 1e9);
}

Document at_node(const Document& built, const std::string& name, const Process& process, double node,
                 const std::vector<Figure>& figures, const Technology& technology) {
  static const Source published = {"published process scaling factors", "hw/technology/scaling.yaml"};
  auto scaled = scaled_figures(built, process, node, figures, technology);
  add_steady(built, process, node, figures, scaled);
  const Node root = built.root();
  std::vector<Override> others;
  if (root.has("name"))
    others.push_back({"name", quoted(name)});
  if (const auto title = root.find("title"))
    others.push_back({"title", quoted(fmt::format("{}, scaled from {} to {}", title->text(), node_text(process.node),
                                                  node_text(node)))});
  if (root.has("technology")) {
    std::string paths;
    for (const auto& path : process.scales)
      paths += (paths.empty() ? "" : ", ") + quoted(path);
    others.push_back({"technology", fmt::format("{{node: {}, source: scaled, confidence: low, scales: [{}]}}",
                                                node_text(node), paths)});
  }
  return with_figures(built, scaled, published, name + ".yaml", others);
}

std::string note_of(const Process& process, double node) {
  std::string paths;
  for (const auto& path : process.scales)
    paths += (paths.empty() ? "" : ", ") + path;
  const std::string span = process.low < process.high ? fmt::format(" (counted as {} to {})", node_text(process.low),
                                                                    node_text(process.high))
                                                      : "";
  std::string steady;
  for (const auto& path : process.steady)
    steady += (steady.empty() ? "; in time, though given in cycles, stay " : ", ") + path;
  return fmt::format("not as built: scaled from {}{} to {} by published factors (hw/technology/scaling.yaml), whose "
                     "intervals widen the results; scaled are {}, all else (links and memories off the die) stays{}",
                     node_text(process.node), span, node_text(node), paths, steady);
}

} // namespace moesaic::hw
