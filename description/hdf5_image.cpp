#include "description/hdf5_image.hpp"

#include <algorithm>

namespace moesaic {

H5::H5File hdf5_in_memory(const std::string& name) {
  const H5::FileAccPropList access;
  const std::size_t growth = std::size_t{1} << 20;
  access.setCore(growth, false);
  return H5::H5File(name, H5F_ACC_TRUNC, H5::FileCreatPropList::DEFAULT, access);
}

std::string hdf5_image(const H5::H5File& file) {
  file.flush(H5F_SCOPE_GLOBAL);
  const auto size = H5Fget_file_image(file.getId(), nullptr, 0);
  std::string bytes(static_cast<std::size_t>(std::max<ssize_t>(size, 0)), '\0');
  if (size <= 0 || H5Fget_file_image(file.getId(), bytes.data(), bytes.size()) != size)
    throw H5::FileIException("image", "the file in memory cannot be read back");
  return bytes;
}

} // namespace moesaic
