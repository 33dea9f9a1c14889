// A folder of its own for a test, and files in it.
#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

namespace moesaic::mappings {

class Scratch {
 public:
  Scratch()
      : folder_(std::filesystem::temp_directory_path() / fmt::format("moesaic-{}-{}", getpid(), count_++)) {
    std::filesystem::create_directory(folder_);
  }
  ~Scratch() { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

 private:
  inline static int count_ = 0;
  std::filesystem::path folder_;
};

} // namespace moesaic::mappings
