// A file mapped into memory, read-only.
#pragma once

#include <cstdint>
#include <string>

namespace moesaic::workloads {

class MappedFile {
 public:
  /// Throws InputError where it cannot be opened, is no regular file, or is empty.
  explicit MappedFile(const std::string& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::uint8_t* data() const { return data_; }
  std::uint64_t size() const { return size_; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::uint64_t size_ = 0;
};

} // namespace moesaic::workloads
