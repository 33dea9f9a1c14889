// HDF5 files made in memory. For the .cpp files that write HDF5 only: it brings in the HDF5 headers.
#pragma once

#include <string>

#include <H5Cpp.h>

namespace moesaic {

/// An open HDF5 file in memory: HDF5 never sees the disk, since a library that failed to write (a full disk)
/// fails again, and can crash, when it closes what it still holds at the program's end. `name` is for messages.
H5::H5File hdf5_in_memory(const std::string& name);

/// The file's bytes, to be written to the disk as they are. Throws H5::Exception.
std::string hdf5_image(const H5::H5File& file);

} // namespace moesaic
