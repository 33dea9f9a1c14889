// What a document is made of: for the readers and writers of this folder only, since it drags in yaml-cpp.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "description/document.hpp"

namespace moesaic {

struct Document::Impl {
  std::string file;
  std::string text; ///< as read; overrides do not show in it
  YAML::Node yaml;
  std::map<std::string, Source> sources;
  std::map<std::string, std::set<std::string>> asked; ///< path of a map -> keys that readers asked for
  std::vector<Figure> figures;
};

struct Node::Impl {
  std::shared_ptr<Document::Impl> document;
  YAML::Node yaml;
  std::string path;
  YAML::Mark mark;
};

/// "file:line:column", counted from 1.
std::string place(const std::string& file, const YAML::Mark& mark);
/// The path of a key within the map at `path`.
std::string join_path(const std::string& path, const std::string& key);
std::vector<std::string> keys_of(const YAML::Node& map);

} // namespace moesaic
