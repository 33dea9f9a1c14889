#include "workloads/npy.hpp"

#include "description/error.hpp"

namespace moesaic::workloads {

NpyHead npy_head(const std::string& file, const std::string& bytes) {
  if (bytes.size() < 12 || bytes.compare(0, 6, "\x93NUMPY") != 0)
    throw InputError(file + ": not a .npy file");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const bool wide = byte(6) >= 2;
  const std::size_t length = byte(8) | byte(9) << 8 | (wide ? byte(10) << 16 | byte(11) << 24 : 0);
  const std::size_t begin = (wide ? 12 : 10) + length;
  if (begin > bytes.size())
    throw InputError(file + ": truncated header");
  return {bytes.substr(0, begin), begin};
}

} // namespace moesaic::workloads
