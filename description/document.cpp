#include "description/document.hpp"

#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "description/document_impl.hpp"
#include "description/error.hpp"

namespace moesaic {

std::string place(const std::string& file, const YAML::Mark& mark) {
  return mark.is_null() ? file : fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1);
}

std::string join_path(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

std::vector<std::string> keys_of(const YAML::Node& map) {
  std::vector<std::string> keys;
  for (const auto& entry : map)
    keys.push_back(entry.first.as<std::string>());
  return keys;
}

namespace {

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
      throw InputError(fmt::format("{}: {}: stands twice", place(file, entry.first.Mark()), join_path(path, key)));
    check_structure(entry.second, file, join_path(path, key), depth + 1);
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
                                   join_path(path, key), suggestion(key, known)));
    }
    reject_unread(document, entry.second, join_path(path, key));
  }
}

void Document::reject_unread_keys() const {
  reject_unread(*impl_, impl_->yaml, "");
}

} // namespace moesaic
