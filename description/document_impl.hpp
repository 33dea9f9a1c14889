// What a document is made of: for the readers and writers of this folder only, since it drags in yaml-cpp.
#pragma once

#include <map>
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

} // namespace moesaic
