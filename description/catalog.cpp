#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/error.hpp"

namespace moesaic {

namespace fs = std::filesystem;

std::string catalog_folder(const std::string& folder) {
  const char* chosen = std::getenv("MOESAIC_DATA");
  if (chosen && *chosen) {
    const fs::path path = fs::path(chosen) / folder;
    if (!fs::is_directory(path))
      throw InputError(fmt::format("MOESAIC_DATA: {} is not a folder", path.string()));
    return path.string();
  }
  for (const char* root : {MOESAIC_SOURCE_ROOT, MOESAIC_INSTALLED_DATA})
    if (fs::is_directory(fs::path(root) / folder))
      return (fs::path(root) / folder).string();
  throw InputError(fmt::format("{} is found neither in {} nor in {}; set MOESAIC_DATA", folder,
                               MOESAIC_SOURCE_ROOT, MOESAIC_INSTALLED_DATA));
}

std::vector<std::string> catalog_names(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(catalog_folder(folder)))
    if (entry.path().extension() == ".yaml")
      names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string catalog_file(const std::string& folder, const std::string& name, const std::string& what) {
  const fs::path extension = fs::path(name).extension();
  if (extension == ".yaml" || extension == ".json") {
    if (!fs::is_regular_file(name))
      throw InputError(fmt::format("{}: no such file", name));
    return name;
  }
  const auto names = catalog_names(folder);
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw InputError(fmt::format("unknown {} '{}'{}", what, name, suggestion(name, names)));
  return (fs::path(catalog_folder(folder)) / (name + ".yaml")).string();
}

} // namespace moesaic
