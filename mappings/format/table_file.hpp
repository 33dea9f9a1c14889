// Tables in an HDF5 file: one two-dimensional dataset each, with the attribute `columns`.
#pragma once

#include <string>
#include <vector>

#include "mappings/format/table.hpp"

namespace moesaic::mappings {

/// Replaces the file. Throws InputError when it cannot be written.
void write_table_file(const std::vector<Table>& tables, const std::string& file);

/// Throws InputError when the file is absent, no HDF5 file, truncated, or has other tables than
/// `layouts`.
std::vector<Table> read_table_file(const std::string& file, const std::vector<Table>& layouts = table_layouts());

/// FNV-1a over the file's bytes, 16 hexadecimal digits: whether a table file is the one that a mapping was
/// saved with. Checked before HDF5 sees the file, since its library may crash on a damaged one. InputError
/// when it cannot be read.
std::string file_digest(const std::string& file);

} // namespace moesaic::mappings
