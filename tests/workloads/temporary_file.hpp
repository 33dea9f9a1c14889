// A file that a test writes and that goes away with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& extension, const std::string& content = "") {
    path_ = (std::filesystem::temp_directory_path() / ("moesaic-XXXXXX" + extension)).string();
    close(mkstemps(path_.data(), static_cast<int>(extension.size())));
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};
