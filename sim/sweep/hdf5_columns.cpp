#include "sim/sweep/hdf5_columns.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace moesaic::sim::sweep {

namespace {

constexpr std::size_t block = 4096; ///< rows

H5::DataType type_of(const Column& column) {
  if (std::holds_alternative<std::vector<double>>(column.cells))
    return H5::PredType::NATIVE_DOUBLE;
  if (std::holds_alternative<std::vector<std::uint64_t>>(column.cells))
    return H5::PredType::NATIVE_UINT64;
  std::size_t length = 1;
  for (const auto& text : std::get<std::vector<std::string>>(column.cells))
    length = std::max(length, text.size());
  H5::StrType type(H5::PredType::C_S1, length);
  type.setCset(H5T_CSET_UTF8);
  type.setStrpad(H5T_STR_NULLPAD);
  return type;
}

H5::CompType row_type(const Columns& columns) {
  std::size_t size = 0;
  for (const Column& column : columns)
    size += type_of(column).getSize();
  H5::CompType type(size);
  std::size_t offset = 0;
  for (const Column& column : columns) {
    const H5::DataType cell = type_of(column);
    type.insertMember(column.name, offset, cell);
    offset += cell.getSize();
  }
  return type;
}

/// Lays the rows [first, first + count) out side by side.
void fill(std::vector<char>& buffer, const Columns& columns, const H5::CompType& type, std::size_t first,
          std::size_t count) {
  std::fill(buffer.begin(), buffer.end(), '\0');
  for (unsigned i = 0; i < columns.size(); ++i) {
    char* at = buffer.data() + type.getMemberOffset(i);
    std::visit(
        [&](const auto& cells) {
          for (std::size_t row = first; row < first + count; ++row, at += type.getSize())
            if constexpr (std::is_same_v<std::decay_t<decltype(cells[0])>, std::string>)
              std::memcpy(at, cells[row].data(), cells[row].size());
            else
              std::memcpy(at, &cells[row], sizeof cells[row]);
        },
        columns[i].cells);
  }
}

} // namespace

void write_dataset(const H5::Group& group, const std::string& name, const Columns& columns) {
  const std::size_t rows = row_count(columns);
  const H5::CompType type = row_type(columns);
  const hsize_t extent = rows, chunk = std::min(rows, block);
  H5::DSetCreatPropList properties;
  H5Pset_obj_track_times(properties.getId(), false);
  if (rows > block) {
    properties.setChunk(1, &chunk);
    properties.setShuffle();
    properties.setDeflate(4);
  }
  const H5::DataSpace space(1, &extent);
  const H5::DataSet dataset = group.createDataSet(name, type, space, properties);
  std::vector<char> buffer(type.getSize() * std::max<std::size_t>(chunk, 1));
  for (std::size_t first = 0; first < rows; first += block) {
    const hsize_t start = first, count = std::min(block, rows - first);
    fill(buffer, columns, type, first, count);
    H5::DataSpace part(1, &extent);
    part.selectHyperslab(H5S_SELECT_SET, &count, &start);
    dataset.write(buffer.data(), type, H5::DataSpace(1, &count), part);
  }
}

} // namespace moesaic::sim::sweep
