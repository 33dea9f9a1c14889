#include "mappings/format/table_file.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>

#include <H5Cpp.h>
#include <fmt/format.h>

#include "description/error.hpp"
#include "description/hdf5_image.hpp"

namespace moesaic::mappings {

namespace {

constexpr hsize_t chunk_rows = 16384;

void write_table(const H5::H5File& file, const Table& table) {
  const hsize_t dims[] = {table.rows(), table.columns.size()};
  H5::DSetCreatPropList properties;
  H5Pset_obj_track_times(properties.getId(), false); // the same tables, the same bytes
  if (dims[0] > 0) {
    const hsize_t chunk[] = {std::min(dims[0], chunk_rows), dims[1]};
    properties.setChunk(2, chunk);
    properties.setShuffle();
    properties.setDeflate(4);
  }
  const H5::DataSet set =
      file.createDataSet(table.name, H5::PredType::STD_I32LE, H5::DataSpace(2, dims), properties);
  if (dims[0] > 0)
    set.write(table.cells.data(), H5::PredType::NATIVE_INT32);
  const std::string names = fmt::format("{}", fmt::join(table.columns, ","));
  const H5::StrType type(H5::PredType::C_S1, names.size());
  set.createAttribute("columns", type, H5::DataSpace(H5S_SCALAR)).write(type, names);
}

std::string image(const std::vector<Table>& tables, const std::string& name) {
  const H5::H5File out = hdf5_in_memory(name);
  for (const Table& table : tables)
    write_table(out, table);
  return hdf5_image(out);
}

Table read_table(const H5::H5File& file, const std::string& path, const Table& layout) {
  const auto fail = [&](const std::string& what) {
    throw InputError(fmt::format("{}: {}: {}", path, layout.name, what));
  };
  if (!file.nameExists(layout.name))
    fail("the table is missing");
  const H5::DataSet set = file.openDataSet(layout.name);
  const H5::DataSpace space = set.getSpace();
  if (set.getTypeClass() != H5T_INTEGER || space.getSimpleExtentNdims() != 2)
    fail("expected a table of integers");
  hsize_t dims[2];
  space.getSimpleExtentDims(dims);
  if (dims[1] != layout.columns.size())
    fail(fmt::format("{} columns, expected {}", dims[1], layout.columns.size()));
  if (dims[0] > most_rows)
    fail(fmt::format("{} rows, at most {} are understood", dims[0], most_rows));
  // Chunked and compressed data may claim far more rows than are stored; a byte of file holds at most some
  // 1000 bytes.
  if (dims[0] * dims[1] * 4 / 2048 > file.getFileSize())
    fail(fmt::format("claims {} rows in a file of {} B", dims[0], file.getFileSize()));
  std::vector<std::int64_t> cells(dims[0] * dims[1]);
  if (!cells.empty())
    set.read(cells.data(), H5::PredType::NATIVE_INT64);
  Table table{layout.name, layout.columns, {}};
  table.cells.reserve(cells.size());
  for (const std::int64_t cell : cells) {
    if (cell < 0 || cell > INT32_MAX)
      fail(fmt::format("row {}: {} is out of range, expected 0 to {}", table.rows(), cell, INT32_MAX));
    table.cells.push_back(static_cast<std::int32_t>(cell));
  }
  return table;
}

} // namespace

void write_table_file(const std::vector<Table>& tables, const std::string& file) {
  H5::Exception::dontPrint();
  std::string bytes;
  try {
    bytes = image(tables, file);
  } catch (const H5::Exception&) {
    throw InputError(file + ": cannot be written");
  }
  const std::string unfinished = file + ".part";
  std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out || std::rename(unfinished.c_str(), file.c_str()) != 0) {
    std::remove(unfinished.c_str());
    throw InputError(file + ": cannot be written");
  }
}

std::vector<Table> read_table_file(const std::string& file, const std::vector<Table>& layouts) {
  H5::Exception::dontPrint();
  try {
    const H5::H5File in(file, H5F_ACC_RDONLY);
    std::vector<Table> tables;
    for (const Table& layout : layouts)
      tables.push_back(read_table(in, file, layout));
    return tables;
  } catch (const H5::Exception& e) {
    throw InputError(fmt::format("{}: cannot be read as HDF5 ({})", file, e.getDetailMsg()));
  }
}

std::string file_digest(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw InputError(file + ": cannot be read");
  std::uint64_t hash = 14695981039346656037u;
  for (auto byte = std::istreambuf_iterator<char>(in); byte != std::istreambuf_iterator<char>(); ++byte)
    hash = (hash ^ static_cast<unsigned char>(*byte)) * 1099511628211u;
  return fmt::format("{:016x}", hash);
}

} // namespace moesaic::mappings
