// The one file that a fuzz target writes again and again; it goes away with the process.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

class FuzzedFile {
 public:
  explicit FuzzedFile(const std::string& extension)
      : path_((std::filesystem::temp_directory_path() /
               ("moesaic-fuzz-" + std::to_string(getpid()) + extension))
                  .string()) {}
  ~FuzzedFile() { std::filesystem::remove(path_); }
  FuzzedFile(const FuzzedFile&) = delete;
  FuzzedFile& operator=(const FuzzedFile&) = delete;

  void write(const std::uint8_t* data, std::size_t size) const {
    std::ofstream out(path_, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};
