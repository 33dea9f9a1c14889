#include "description/override.hpp"

#include <cstdlib>

#include <fmt/format.h>

#include "description/document_impl.hpp"
#include "description/error.hpp"

namespace moesaic {

namespace {

struct Step {
  std::string key;
  int index = -1; ///< of a list item, where the step reads "key[index]"
};

std::vector<Step> steps_of(const std::string& path) {
  std::vector<Step> steps;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t to = std::min(path.find('.', from), path.size());
    Step step{path.substr(from, to - from)};
    const std::size_t bracket = step.key.find('[');
    if (bracket != std::string::npos) {
      char* end = nullptr;
      const long index = std::strtol(step.key.c_str() + bracket + 1, &end, 10);
      if (end == step.key.c_str() + bracket + 1 || std::string(end) != "]" || index < 0 || index > 1 << 20)
        throw InputError(fmt::format("'{}' is no key path, expected keys as in chip.levels[2].size", path));
      step.index = static_cast<int>(index);
      step.key.resize(bracket);
    }
    if (step.key.empty())
      throw InputError(fmt::format("'{}' is no key path, expected keys as in chip.core.clock", path));
    steps.push_back(std::move(step));
    from = to + 1;
  }
  return steps;
}

/// The node at `path` and the map that holds it. Its own YAML handles, so that writing through them is seen.
struct Place {
  YAML::Node parent, node;
  std::string key;
};

[[noreturn]] void no_such_key(const std::string& file, const std::string& walked, const std::string& key,
                              const YAML::Node& map) {
  std::vector<std::string> known;
  if (map.IsMap())
    for (const auto& entry : map)
      known.push_back(entry.first.as<std::string>());
  throw InputError(fmt::format("{}: {}{}{}: unknown key{}", file, walked, walked.empty() ? "" : ".", key,
                               suggestion(key, known)));
}

Place find_place(const YAML::Node& root, const std::string& file, const std::string& path) {
  Place place;
  place.node.reset(root);
  std::string walked;
  for (const Step& step : steps_of(path)) {
    place.parent.reset(place.node);
    place.key = step.key;
    // A const view: the operator of a mutable node would create what is not there.
    const YAML::Node view = place.node;
    if (!view.IsMap() || !view[step.key])
      no_such_key(file, walked, step.key, view);
    place.node.reset(view[step.key]);
    walked += (walked.empty() ? "" : ".") + step.key;
    if (step.index < 0)
      continue;
    const YAML::Node list = place.node;
    if (!list.IsSequence() || static_cast<std::size_t>(step.index) >= list.size())
      throw InputError(fmt::format("{}: {}: has no item {}", file, walked, step.index));
    place.parent.reset(list);
    place.node.reset(list[static_cast<std::size_t>(step.index)]);
    walked += fmt::format("[{}]", step.index);
  }
  const YAML::Node holder = place.parent;
  if (place.key == "value" && holder.IsMap() && holder["source"])
    place.node.reset(place.parent); // the figure as a whole
  return place;
}

bool has(const YAML::Node& map, const char* key) {
  return map.IsMap() && map[key].IsDefined();
}

/// {value: ..., source: ...}, a figure with a map of its own.
bool is_figure_map(const YAML::Node& node) {
  return has(node, "value") && has(node, "source");
}

/// What is replaced: a figure map's value when the path ends at the map.
YAML::Node value_at(const Place& place, const std::string& file, const std::string& path) {
  const YAML::Node value = is_figure_map(place.node) ? place.node["value"] : place.node;
  if (!value.IsScalar())
    throw InputError(fmt::format("{}: {}: is not a single value, so it cannot be varied", file, path));
  return value;
}

bool is_figure(const Place& place, const std::string& text) {
  if (is_figure_map(place.node))
    return true;
  if (!has(place.parent, "source"))
    return false;
  try {
    parse_quantity(text);
    return true;
  } catch (const InputError&) {
    return false; // a count or a word beside the figures of its map
  }
}

bool is_number(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0';
}

void check_kind(const std::string& old_text, const std::string& value, bool figure,
                const std::string& where) {
  if (figure) {
    Quantity quantity;
    try {
      quantity = parse_quantity(value);
    } catch (const InputError& error) {
      throw InputError(where + error.what());
    }
    const Dimension wanted = parse_quantity(old_text).dimension;
    if (quantity.dimension != wanted)
      throw InputError(fmt::format("{}expected {}, found '{}'", where, wanted.name(), value));
  } else if (is_number(old_text) && !is_number(value)) {
    throw InputError(fmt::format("{}expected a number, found '{}'", where, value));
  }
}

void replace_figure(Place place, const std::string& old_text, const std::string& value) {
  const YAML::Node about = is_figure_map(place.node) ? place.node : place.parent;
  YAML::Node figure(YAML::NodeType::Map);
  figure["value"] = value;
  figure["source"] = "varied";
  figure["confidence"] = "exact";
  figure["note"] = fmt::format("varied; the description says {} (source {})", old_text,
                               about["source"].as<std::string>(""));
  place.node = figure;
}

} // namespace

OverrideTarget find_override_target(const Document& document, const std::string& path) {
  const YAML::Node root = YAML::Load(document.text());
  const Place place = find_place(root, document.file(), path);
  const std::string text = value_at(place, document.file(), path).Scalar();
  return {text, is_figure(place, text)};
}

Document with_overrides(const Document& document, const std::vector<Override>& overrides,
                        const std::string& by) {
  Document copy = Document::parse(document.text(), document.file());
  for (const Override& change : overrides) {
    Place place = find_place(copy.impl_->yaml, copy.file(), change.path);
    const std::string old_text = value_at(place, copy.file(), change.path).Scalar();
    const bool figure = is_figure(place, old_text);
    check_kind(old_text, change.value, figure, fmt::format("{}: {}: ", copy.file(), change.path));
    if (figure)
      replace_figure(place, old_text, change.value);
    else
      place.node = change.value;
  }
  copy.impl_->sources["varied"] = {by, "the sweep that set this value"};
  return copy;
}

Document with_figures(const Document& document, const std::vector<Figure>& figures, const Source& by,
                      const std::string& file, const std::vector<Override>& others) {
  YAML::Node yaml = YAML::Load(document.text());
  for (const Figure& figure : figures) {
    Place place = find_place(yaml, document.file(), figure.path);
    if (!is_figure(place, value_at(place, document.file(), figure.path).Scalar()))
      throw InputError(fmt::format("{}: {}: is no figure", document.file(), figure.path));
    const double scale = parse_quantity("1 " + figure.unit).value;
    const auto text = [&](double value) { return fmt::format("{} {}", value / scale, figure.unit); };
    YAML::Node entry(YAML::NodeType::Map);
    entry["value"] = text(figure.value);
    entry["interval"].push_back(text(figure.low));
    entry["interval"].push_back(text(figure.high));
    entry["source"] = "scaled";
    entry["confidence"] = to_string(figure.confidence);
    entry["note"] = figure.note;
    place.node = entry;
  }
  for (const Override& other : others)
    find_place(yaml, document.file(), other.path).node = YAML::Load(other.value);
  yaml["sources"]["scaled"]["title"] = by.title;
  yaml["sources"]["scaled"]["where"] = by.where;
  return Document::parse(YAML::Dump(yaml) + "\n", file);
}

std::string to_yaml(const Document& document) {
  YAML::Node yaml = YAML::Clone(document.impl_->yaml);
  const auto varied = document.sources().find("varied");
  if (varied != document.sources().end()) {
    yaml["sources"]["varied"]["title"] = varied->second.title;
    yaml["sources"]["varied"]["where"] = varied->second.where;
  }
  return YAML::Dump(yaml) + "\n";
}

} // namespace moesaic
