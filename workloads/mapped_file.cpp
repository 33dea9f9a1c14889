#include "workloads/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "description/error.hpp"

namespace moesaic::workloads {

MappedFile::MappedFile(const std::string& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw InputError(file + ": cannot be read");
  struct stat status {};
  const bool regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  if (!regular || status.st_size == 0) {
    close(descriptor);
    throw InputError(file + (regular ? ": the file is empty" : ": is no regular file"));
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  void* mapped = mmap(nullptr, size_, PROT_READ, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
  close(descriptor); // the mapping keeps the file open
  if (mapped == MAP_FAILED)
    throw InputError(file + ": cannot be mapped into memory");
  data_ = static_cast<const std::uint8_t*>(mapped);
}

MappedFile::~MappedFile() {
  munmap(const_cast<std::uint8_t*>(data_), size_);
}

} // namespace moesaic::workloads
