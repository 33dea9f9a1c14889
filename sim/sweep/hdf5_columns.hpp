// Columns as one HDF5 compound dataset. For the .cpp files of the merged store only: it brings in the HDF5
// headers.
#pragma once

#include <string>

#include <H5Cpp.h>

#include "sim/sweep/columns.hpp"

namespace moesaic::sim::sweep {

/// Writes the dataset `name`, block by block, so that millions of rows need no second copy in memory;
/// compressed when it has more than one block. No time of writing goes in: the same rows give the same bytes.
/// Texts are UTF-8 of fixed length.
void write_dataset(const H5::Group& group, const std::string& name, const Columns& columns);

} // namespace moesaic::sim::sweep
