// A NIR graph out of an HDF5 file, in this process: libhdf5 may crash on a damaged file, see load_nir.
#pragma once

#include "workloads/nir_file.hpp"

namespace moesaic::workloads {

constexpr int most_nir_values = 1 << 28; ///< of one array

/// Types of nodes that are read, ascending.
const std::vector<std::string>& nir_types();

/// Throws InputError as load_nir does.
NirGraph read_nir_hdf5(const std::string& file);

} // namespace moesaic::workloads
