// Values of a document: maps, lists, numbers and words, each error at its place.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/document_impl.hpp"
#include "description/error.hpp"

namespace moesaic {

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
    child->path = join_path(impl_->path, key);
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
      *this, "a whole number", [](const std::string& s, std::size_t* used) {
        return std::stoll(s, used, s.rfind("0x", 0) == 0 ? 16 : 10); // as YAML has it; no other base
      });
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

} // namespace moesaic
