#include "sim/sweep/hdf5_columns.hpp"

#include <algorithm>
#include <new>

#include <zlib.h>

#include "sim/sweep/in_order.hpp"

namespace moesaic::sim::sweep {

namespace {

constexpr std::size_t block = 4096; ///< rows
constexpr int level = 1;            ///< of deflate: the planes of equal texts shrink to nothing at any

H5::DataType type_of(const Column& column) {
  if (std::holds_alternative<std::vector<double>>(column.cells))
    return H5::PredType::NATIVE_DOUBLE;
  if (std::holds_alternative<std::vector<std::uint64_t>>(column.cells))
    return H5::PredType::NATIVE_UINT64;
  const auto* words = std::get_if<Words>(&column.cells);
  std::size_t length = 1;
  for (const auto& text : words ? words->words() : std::get<std::vector<std::string>>(column.cells))
    length = std::max(length, text.size());
  H5::StrType type(H5::PredType::C_S1, length);
  type.setCset(H5T_CSET_UTF8);
  type.setStrpad(H5T_STR_NULLPAD);
  return type;
}

/// A row of the file. Sizes and offsets stand beside the type since only one thread may ask HDF5.
struct RowType {
  H5::CompType type;
  std::size_t size = 0;
  std::vector<std::size_t> sizes, offsets; ///< of each column
};

RowType row_type(const Columns& columns) {
  RowType row;
  for (const Column& column : columns) {
    row.sizes.push_back(type_of(column).getSize());
    row.offsets.push_back(row.size);
    row.size += row.sizes.back();
  }
  row.type = H5::CompType(row.size);
  for (std::size_t i = 0; i < columns.size(); ++i)
    row.type.insertMember(columns[i].name, row.offsets[i], type_of(columns[i]));
  return row;
}

/// Byte b of the cells of `count` rows goes to at[b * room ...], for each b.
template <class ByteOf>
void fill(char* at, std::size_t size, std::size_t count, std::size_t room, ByteOf byte_of) {
  for (std::size_t b = 0; b < size; ++b, at += room)
    for (std::size_t row = 0; row < count; ++row)
      at[row] = byte_of(row, b);
}

template <class Number>
void fill(char* at, const std::vector<Number>& cells, std::size_t, std::size_t first, std::size_t count,
          std::size_t room) {
  const auto* bytes = reinterpret_cast<const char*>(cells.data() + first);
  fill(at, sizeof(Number), count, room,
       [bytes](std::size_t row, std::size_t b) { return bytes[row * sizeof(Number) + b]; });
}

void fill(char* at, const std::vector<std::string>& cells, std::size_t size, std::size_t first, std::size_t count,
          std::size_t room) {
  fill(at, size, count, room, [&](std::size_t row, std::size_t b) {
    const std::string& text = cells[first + row];
    return b < text.size() ? text[b] : '\0';
  });
}

void fill(char* at, const Words& cells, std::size_t size, std::size_t first, std::size_t count, std::size_t room) {
  std::string padded;
  for (std::size_t i = 0; i < cells.words().size(); ++i)
    (padded += cells.words()[i]).resize((i + 1) * size);
  fill(at, size, count, room,
       [&](std::size_t row, std::size_t b) { return padded[cells.number(first + row) * size + b]; });
}

/// The rows [first, first + count) byte plane by byte plane, each with room for `room` rows: what the shuffle filter
/// makes of rows side by side.
void lay_planes(const Columns& columns, const RowType& type, std::size_t first, std::size_t count, std::size_t room,
                std::string& bytes) {
  bytes.assign(type.size * room, '\0');
  for (std::size_t i = 0; i < columns.size(); ++i) {
    char* at = bytes.data() + type.offsets[i] * room;
    std::visit([&](const auto& cells) { fill(at, cells, type.sizes[i], first, count, room); }, columns[i].cells);
  }
}

/// Returns how much of `small` it is.
std::size_t deflate_into(const std::string& bytes, std::string& small) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  small.resize(std::max<std::size_t>(small.size(), size));
  if (compress2(reinterpret_cast<Bytef*>(small.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                static_cast<uLong>(bytes.size()), level) != Z_OK)
    throw std::bad_alloc(); // the only way to fail
  return size;
}

void write_together(const H5::Group& group, const std::string& name, const Columns& columns,
                    const RowType& type) {
  const hsize_t rows = row_count(columns);
  H5::DSetCreatPropList properties;
  H5Pset_obj_track_times(properties.getId(), false);
  const H5::DataSet dataset = group.createDataSet(name, type.type, H5::DataSpace(1, &rows), properties);
  std::string apart;
  lay_planes(columns, type, 0, rows, rows, apart);
  std::string together(apart.size(), '\0');
  for (std::size_t i = 0; i < apart.size(); ++i)
    together[i % rows * type.size + i / rows] = apart[i];
  dataset.write(together.data(), type.type);
}

/// The chunks are made by all cores and handed to HDF5, which only one thread may call, as they lie in the file.
void write_chunks(const H5::Group& group, const std::string& name, const Columns& columns,
                  const RowType& type) {
  const hsize_t rows = row_count(columns), chunk = block;
  H5::DSetCreatPropList properties;
  H5Pset_obj_track_times(properties.getId(), false);
  properties.setChunk(1, &chunk);
  properties.setShuffle();
  properties.setDeflate(level);
  const H5::DataSet dataset = group.createDataSet(name, type.type, H5::DataSpace(1, &rows), properties);
  struct Chunk {
    std::string planes, bytes;
    std::size_t size = 0;
  };
  hsize_t start = 0;
  in_order<Chunk>(
      (rows + block - 1) / block,
      [&](std::size_t i, Chunk& made) {
        const std::size_t first = i * block;
        lay_planes(columns, type, first, std::min<std::size_t>(block, rows - first), block, made.planes);
        made.size = deflate_into(made.planes, made.bytes);
      },
      [&](const Chunk& made) {
        if (H5Dwrite_chunk(dataset.getId(), H5P_DEFAULT, 0, &start, made.size, made.bytes.data()) < 0)
          throw H5::DataSetIException("H5Dwrite_chunk", "a chunk cannot be written");
        start += block;
      });
}

} // namespace

void write_dataset(const H5::Group& group, const std::string& name, const Columns& columns) {
  const RowType type = row_type(columns);
  if (row_count(columns) > block)
    write_chunks(group, name, columns, type);
  else
    write_together(group, name, columns, type);
}

} // namespace moesaic::sim::sweep
