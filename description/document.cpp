#include "description/document.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include "description/document_impl.hpp"
#include "description/error.hpp"

namespace moesaic {

struct Node::Impl {
  std::shared_ptr<Document::Impl> document;
  YAML::Node yaml;
  std::string path;
  YAML::Mark mark;
};

namespace {

std::string place(const std::string& file, const YAML::Mark& mark) {
  return mark.is_null() ? file : fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1);
}

std::string join(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

std::vector<std::string> keys_of(const YAML::Node& map) {
  std::vector<std::string> keys;
  for (const auto& entry : map)
    keys.push_back(entry.first.as<std::string>());
  return keys;
}

constexpr int deepest_nesting = 64;

void check_structure(const YAML::Node& node, const std::string& file, const std::string& path, int depth) {
  if (depth > deepest_nesting)
    throw InputError(
        fmt::format("{}: {}: nested deeper than {} levels", place(file, node.Mark()), path, deepest_nesting));
  if (node.IsSequence()) {
    int i = 0;
    for (const auto& item : node)
      check_structure(item, file, fmt::format("{}[{}]", path, i++), depth + 1);
  }
  if (!node.IsMap())
    return;
  std::set<std::string> seen;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar())
      throw InputError(
          fmt::format("{}: {}: a key must be a plain word", place(file, entry.first.Mark()), path));
    const auto key = entry.first.as<std::string>();
    if (!seen.insert(key).second)
      throw InputError(fmt::format("{}: {}: stands twice", place(file, entry.first.Mark()), join(path, key)));
    check_structure(entry.second, file, join(path, key), depth + 1);
  }
}

} // namespace

Document Document::load(const std::string& file) {
  std::ifstream in(file);
  if (!in)
    throw InputError(file + ": cannot be read");
  std::stringstream text;
  text << in.rdbuf();
  return parse(text.str(), file);
}

Document Document::parse(const std::string& text, const std::string& name) {
  Document document;
  document.impl_ = std::make_shared<Impl>();
  document.impl_->file = name;
  document.impl_->text = text;
  if (text.find('*') != std::string::npos && text.find('&') != std::string::npos) {
    // yaml-cpp expands aliases without limit; descriptions never need them.
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      const std::size_t at = line.find(": &");
      if (at != std::string::npos && line.find_first_of("\"'#") > at)
        throw InputError(
            fmt::format("{}:{}:{}: YAML anchors and aliases are not supported", name, number, at + 3));
    }
  }
  try {
    document.impl_->yaml = YAML::Load(text);
  } catch (const YAML::Exception& e) {
    throw InputError(fmt::format("{}: not valid YAML: {}", place(name, e.mark), e.msg));
  }
  if (!document.impl_->yaml || document.impl_->yaml.IsNull())
    throw InputError(name + ": the file is empty");
  if (!document.impl_->yaml.IsMap())
    throw InputError(place(name, document.impl_->yaml.Mark()) +
                     ": expected keys and values at the top level");
  check_structure(document.impl_->yaml, name, "", 0);
  if (const auto sources = document.root().find("sources")) {
    for (const auto& key : sources->keys()) {
      const Node entry = sources->at(key);
      document.impl_->sources[key] = {entry.at("title").text(), entry.at("where").text()};
    }
  }
  return document;
}

Node Document::root() const {
  auto node = std::make_shared<Node::Impl>();
  node->document = impl_;
  node->yaml.reset(impl_->yaml);
  node->mark = impl_->yaml.Mark();
  return Node(node);
}

const std::string& Document::file() const {
  return impl_->file;
}
const std::string& Document::text() const {
  return impl_->text;
}
const std::map<std::string, Source>& Document::sources() const {
  return impl_->sources;
}
const std::vector<Figure>& Document::figures() const {
  return impl_->figures;
}

static void reject_unread(const Document::Impl& document, const YAML::Node& node, const std::string& path) {
  if (node.IsSequence()) {
    int i = 0;
    for (const auto& item : node)
      reject_unread(document, item, fmt::format("{}[{}]", path, i++));
  }
  if (!node.IsMap())
    return;
  const auto asked = document.asked.find(path);
  // A map that no reader looked into was itself asked for as a whole or is reported at its parent.
  if (asked == document.asked.end())
    return;
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    if (!asked->second.count(key)) {
      const std::vector<std::string> known(asked->second.begin(), asked->second.end());
      throw InputError(fmt::format("{}: {}: unknown key{}", place(document.file, entry.first.Mark()),
                                   join(path, key), suggestion(key, known)));
    }
    reject_unread(document, entry.second, join(path, key));
  }
}

void Document::reject_unread_keys() const {
  reject_unread(*impl_, impl_->yaml, "");
}

void Node::fail(const std::string& message) const {
  const std::string where = place(impl_->document->file, impl_->mark);
  throw InputError(impl_->path.empty() ? where + ": " + message
                                       : where + ": " + impl_->path + ": " + message);
}

std::string Node::path() const {
  return impl_->path;
}
bool Node::is_map() const {
  return impl_->yaml.IsMap();
}
bool Node::is_list() const {
  return impl_->yaml.IsSequence();
}
bool Node::is_scalar() const {
  return impl_->yaml.IsScalar();
}

std::optional<Node> Node::find(const std::string& key) const {
  if (!is_map())
    fail("expected keys and values");
  impl_->document->asked[impl_->path].insert(key);
  for (const auto& entry : impl_->yaml) {
    if (entry.first.as<std::string>() != key)
      continue;
    auto child = std::make_shared<Impl>();
    child->document = impl_->document;
    child->yaml.reset(entry.second);
    child->path = join(impl_->path, key);
    child->mark = entry.second.Mark();
    if (child->mark.is_null() || entry.second.IsNull())
      child->mark = entry.first.Mark();
    return Node(child);
  }
  return std::nullopt;
}

Node Node::at(const std::string& key) const {
  if (auto child = find(key))
    return *child;
  std::string near = nearest_name(key, keys_of(impl_->yaml));
  // A neighbour that some reader wants under its own name is no misspelling of this key.
  if (impl_->document->asked[impl_->path].count(near))
    near.clear();
  fail(fmt::format("key '{}' is missing{}", key,
                   near.empty() ? "" : " ('" + near + "' stands there: a misspelling?)"));
}

std::vector<Node> Node::items() const {
  if (!is_list())
    fail("expected a list");
  std::vector<Node> items;
  int i = 0;
  for (const auto& item : impl_->yaml) {
    auto child = std::make_shared<Impl>();
    child->document = impl_->document;
    child->yaml.reset(YAML::Node(item));
    child->path = fmt::format("{}[{}]", impl_->path, i++);
    child->mark = item.Mark();
    items.emplace_back(Node(child));
  }
  return items;
}

std::vector<std::string> Node::keys() const {
  if (!is_map())
    fail("expected keys and values");
  auto keys = keys_of(impl_->yaml);
  impl_->document->asked[impl_->path].insert(keys.begin(), keys.end());
  return keys;
}

std::string Node::text() const {
  if (!is_scalar())
    fail("expected a text");
  return impl_->yaml.Scalar();
}

template <class Number, class Parse>
static Number read_number(const Node& node, const char* what, Parse parse) {
  const std::string text = node.text();
  std::size_t used = 0;
  try {
    const Number value = parse(text, &used);
    if (used == text.size() && !text.empty())
      return value;
  } catch (const std::exception&) {
  }
  node.fail(fmt::format("expected {}, found '{}'", what, text));
}

std::int64_t Node::integer() const {
  return read_number<std::int64_t>(
      *this, "a whole number", [](const std::string& s, std::size_t* used) { return std::stoll(s, used); });
}

std::int64_t Node::integer_in(std::int64_t least, std::int64_t most) const {
  const std::int64_t value = integer();
  if (value < least || value > most)
    fail(fmt::format("{} is out of range, expected {} to {}", value, least, most));
  return value;
}

double Node::number() const {
  const double value = read_number<double>(
      *this, "a number", [](const std::string& s, std::size_t* used) { return std::stod(s, used); });
  if (!std::isfinite(value))
    fail("expected a finite number");
  return value;
}

bool Node::boolean() const {
  const std::string value = text();
  if (value == "true" || value == "yes")
    return true;
  if (value == "false" || value == "no")
    return false;
  fail(fmt::format("expected true or false, found '{}'", value));
}

std::size_t Node::choice(const std::vector<std::string>& choices) const {
  const std::string value = text();
  const auto found = std::find(choices.begin(), choices.end(), value);
  if (found == choices.end())
    fail(fmt::format("unknown '{}'{}", value, suggestion(value, choices)));
  return static_cast<std::size_t>(found - choices.begin());
}

std::string Node::text_or(const std::string& key, const std::string& fallback) const {
  const auto child = find(key);
  return child ? child->text() : fallback;
}
std::int64_t Node::integer_or(const std::string& key, std::int64_t fallback) const {
  const auto child = find(key);
  return child ? child->integer() : fallback;
}
double Node::number_or(const std::string& key, double fallback) const {
  const auto child = find(key);
  return child ? child->number() : fallback;
}
bool Node::boolean_or(const std::string& key, bool fallback) const {
  const auto child = find(key);
  return child ? child->boolean() : fallback;
}

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
