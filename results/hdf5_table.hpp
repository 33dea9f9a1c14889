// A table of named columns as one HDF5 compound dataset, which h5py, pandas and PyTables read as it is.
// For the .cpp files of the store only: it brings in the HDF5 headers.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <H5Cpp.h>

namespace moesaic::results {

/// Columns in order; all of one length. Texts are stored as UTF-8 of fixed length, which every reader knows.
class Hdf5Table {
 public:
  using Cells = std::variant<std::vector<std::string>, std::vector<double>, std::vector<std::uint64_t>>;

  /// Throws std::logic_error when the length differs from that of the columns before.
  void add(std::string name, Cells cells);
  std::size_t rows() const;

  /// Writes the dataset `name`, compressed when it has more than 1000 rows.
  void write(const H5::Group& group, const std::string& name) const;
  static Hdf5Table read(const H5::Group& group, const std::string& name);

  /// A column by name. Throws InputError when it is absent or of another type.
  template <class T> const std::vector<T>& column(const std::string& name) const {
    const auto* found = std::get_if<std::vector<T>>(&cells(name));
    if (!found)
      fail(name, "has another type than expected");
    return *found;
  }

 private:
  struct Column {
    std::string name;
    Cells cells;
    std::size_t rows() const;
    H5::DataType type() const;
  };
  const Cells& cells(const std::string& name) const;
  [[noreturn]] static void fail(const std::string& column, const std::string& what);
  H5::CompType layout() const;

  std::vector<Column> columns_;
};

} // namespace moesaic::results
