#include "results/hdf5_table.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "description/error.hpp"

namespace moesaic::results {

namespace {

H5::StrType text_type(std::size_t length) {
  H5::StrType type(H5::PredType::C_S1, length);
  type.setCset(H5T_CSET_UTF8);
  type.setStrpad(H5T_STR_NULLPAD);
  return type;
}

} // namespace

std::size_t Hdf5Table::Column::rows() const {
  return std::visit([](const auto& values) { return values.size(); }, cells);
}

H5::DataType Hdf5Table::Column::type() const {
  if (std::holds_alternative<std::vector<double>>(cells))
    return H5::PredType::NATIVE_DOUBLE;
  if (std::holds_alternative<std::vector<std::uint64_t>>(cells))
    return H5::PredType::NATIVE_UINT64;
  std::size_t length = 1;
  for (const auto& text : std::get<std::vector<std::string>>(cells))
    length = std::max(length, text.size());
  return text_type(length);
}

void Hdf5Table::fail(const std::string& column, const std::string& what) {
  throw InputError("HDF5 table: column " + column + " " + what);
}

const Hdf5Table::Cells& Hdf5Table::cells(const std::string& name) const {
  for (const auto& column : columns_)
    if (column.name == name)
      return column.cells;
  fail(name, "is absent");
}

void Hdf5Table::add(std::string name, Cells cells) {
  Column column{std::move(name), std::move(cells)};
  if (!columns_.empty() && column.rows() != rows())
    throw std::logic_error(column.name + ": column of another length");
  columns_.push_back(std::move(column));
}

std::size_t Hdf5Table::rows() const {
  return columns_.empty() ? 0 : columns_.front().rows();
}

H5::CompType Hdf5Table::layout() const {
  std::size_t size = 0;
  for (const auto& column : columns_)
    size += column.type().getSize();
  H5::CompType type(size);
  std::size_t offset = 0;
  for (const auto& column : columns_) {
    type.insertMember(column.name, offset, column.type());
    offset += column.type().getSize();
  }
  return type;
}

void Hdf5Table::write(const H5::Group& group, const std::string& name) const {
  const H5::CompType type = layout();
  std::vector<char> buffer(type.getSize() * std::max<std::size_t>(rows(), 1), 0);
  for (unsigned i = 0; i < columns_.size(); ++i) {
    char* at = buffer.data() + type.getMemberOffset(i);
    std::visit(
        [&](const auto& values) {
          for (const auto& value : values) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
              std::memcpy(at, value.data(), value.size());
            else
              std::memcpy(at, &value, sizeof value);
            at += type.getSize();
          }
        },
        columns_[i].cells);
  }
  const hsize_t extent = rows(), chunk = 4096;
  H5::DSetCreatPropList properties;
  if (extent > 1000) {
    properties.setChunk(1, &chunk);
    properties.setDeflate(4);
  }
  group.createDataSet(name, type, H5::DataSpace(1, &extent), properties).write(buffer.data(), type);
}

Hdf5Table Hdf5Table::read(const H5::Group& group, const std::string& name) {
  const H5::DataSet dataset = group.openDataSet(name);
  const H5::CompType type = dataset.getCompType();
  hsize_t extent = 0;
  dataset.getSpace().getSimpleExtentDims(&extent);
  std::vector<char> buffer(type.getSize() * std::max<hsize_t>(extent, 1));
  dataset.read(buffer.data(), type);
  Hdf5Table table;
  for (int i = 0; i < type.getNmembers(); ++i) {
    const char* at = buffer.data() + type.getMemberOffset(i);
    const auto each = [&](auto values, const auto& value_at) {
      for (hsize_t row = 0; row < extent; ++row)
        values.push_back(value_at(at + row * type.getSize()));
      table.add(type.getMemberName(i), std::move(values));
    };
    const std::size_t length = type.getMemberDataType(i).getSize();
    switch (type.getMemberClass(i)) {
    case H5T_STRING:
      each(std::vector<std::string>{}, [&](const char* p) { return std::string(p, strnlen(p, length)); });
      break;
    case H5T_FLOAT:
      each(std::vector<double>{}, [](const char* p) {
        double v;
        std::memcpy(&v, p, sizeof v);
        return v;
      });
      break;
    case H5T_INTEGER:
      each(std::vector<std::uint64_t>{}, [](const char* p) {
        std::uint64_t v;
        std::memcpy(&v, p, sizeof v);
        return v;
      });
      break;
    default:
      fail(type.getMemberName(i), "has a type that this program does not write");
    }
  }
  return table;
}

} // namespace moesaic::results
