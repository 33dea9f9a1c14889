// Routing traces from HDF5, read in pieces.
#include <algorithm>
#include <filesystem>

#include <H5Cpp.h>
#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/trace_file.hpp"
#include "workloads/trace_hdf5.hpp"

namespace moesaic::workloads {

namespace {

void read_rows(const H5::DataSet& data, void* rows, hsize_t first, hsize_t count, hsize_t width,
               const H5::PredType& type) {
  const hsize_t start[] = {first, 0}, piece[] = {count, width};
  H5::DataSpace place = data.getSpace();
  place.selectHyperslab(H5S_SELECT_SET, piece, start);
  data.read(rows, type, H5::DataSpace(2, piece), place);
}

H5::Attribute single_attribute(const H5::H5File& file, const char* name, H5T_class_t type) {
  H5::Attribute attribute = file.openAttribute(name);
  if (attribute.getTypeClass() != type || attribute.getSpace().getSimpleExtentNpoints() != 1)
    throw H5::AttributeIException(
        "", fmt::format("{}: not one {}", name, type == H5T_STRING ? "text" : "whole number"));
  return attribute;
}

int integer_attribute(const H5::H5File& file, const char* name) {
  int value = 0;
  single_attribute(file, name, H5T_INTEGER).read(H5::PredType::NATIVE_INT, &value);
  return value;
}

/// Of fixed length, as written here, or of variable length, as h5py writes it; the library's own reader takes
/// neither several nor absent texts.
std::string text_attribute(const H5::H5File& file, const char* name) {
  const H5::Attribute attribute = single_attribute(file, name, H5T_STRING);
  const H5::StrType type = attribute.getStrType();
  H5std_string text;
  if (!type.isVariableStr()) {
    attribute.read(type, text);
    return text.substr(0, text.find('\0'));
  }
  char* written = nullptr;
  attribute.read(type, static_cast<void*>(&written));
  text = written == nullptr ? "" : written;
  H5free_memory(written);
  return text;
}

H5::DataSet dataset(const H5::H5File& file, int layer, const char* name, H5T_class_t type) {
  const std::string path = trace_hdf5::layer_path(layer, name);
  H5::DataSet data = file.openDataSet(path);
  if (data.getTypeClass() != type)
    throw InputError(fmt::format("{}: {}: expected {} numbers", file.getFileName(), path,
                                 type == H5T_INTEGER ? "whole" : "floating-point"));
  return data;
}

hsize_t rows_of(const H5::DataSet& data, int top_k, const std::string& where) {
  hsize_t size[2] = {0, 0};
  if (data.getSpace().getSimpleExtentNdims() != 2)
    throw InputError(where + ": expected tokens x top_k");
  data.getSpace().getSimpleExtentDims(size);
  if (size[1] != static_cast<hsize_t>(top_k))
    throw InputError(fmt::format("{}: {} choices per token, expected {}", where, size[1], top_k));
  if (size[0] > 0x7fffffff)
    throw InputError(fmt::format("{}: {} tokens are too many", where, size[0]));
  return size[0];
}

void check_heading(const H5::H5File& file, const std::string& name, const MoeLayer& layer) {
  if (text_attribute(file, "format") != trace_hdf5::format_name)
    throw InputError(fmt::format("{}: not a {}", name, trace_hdf5::format_name));
  const int version = integer_attribute(file, "version");
  if (version != trace_hdf5::format_version)
    throw InputError(fmt::format("{}: version {} is not supported", name, version));
  const int experts = integer_attribute(file, "experts"), layers = integer_attribute(file, "layers");
  if (experts != layer.routed)
    throw InputError(
        fmt::format("{}: recorded for {} experts, the layer has {}", name, experts, layer.routed));
  if (layers < 1 || layers > trace_hdf5::most_layers)
    throw InputError(
        fmt::format("{}: layers {} is out of range, expected 1 to {}", name, layers, trace_hdf5::most_layers));
}

void check_batch(const MoeLayer& layer, const Routing& batch, const std::string& where, hsize_t first) {
  for (std::size_t t = 0; t < static_cast<std::size_t>(batch.tokens); ++t) {
    const std::size_t at = t * static_cast<std::size_t>(batch.top_k);
    const std::string defect = trace_defect(layer, &batch.expert[at], &batch.weight[at]);
    if (!defect.empty())
      throw InputError(fmt::format("{}: token {}: {}", where, first + t, defect));
  }
}

} // namespace

void stream_trace(const std::string& name, const MoeLayer& layer, int tokens,
                  const std::function<void(int, std::int64_t, const Routing&)>& visit) {
  H5::Exception::dontPrint();
  if (!std::filesystem::is_regular_file(name))
    throw InputError(name + ": no such file");
  try {
    const H5::H5File file(name, H5F_ACC_RDONLY);
    check_heading(file, name, layer);
    const int layers = integer_attribute(file, "layers"), top_k = layer.router.top_k;
    const auto width = static_cast<hsize_t>(top_k);
    hsize_t before = 0;
    for (int l = 0; l < layers; ++l) {
      const std::string where = fmt::format("{}: layer_{}", name, l);
      const H5::DataSet expert = dataset(file, l, "expert", H5T_INTEGER),
                        weight = dataset(file, l, "weight", H5T_FLOAT);
      const hsize_t all = rows_of(expert, top_k, where + "/expert");
      if (rows_of(weight, top_k, where + "/weight") != all)
        throw InputError(where + ": weight has not as many tokens as expert");
      if (all == 0)
        throw InputError(where + ": has no tokens");
      if (l > 0 && all != before)
        throw InputError(fmt::format("{} has {} tokens, layer_{} has {}", where, all, l - 1, before));
      before = all;
      for (hsize_t first = 0; first < all; first += static_cast<hsize_t>(tokens)) {
        const hsize_t count = std::min(all - first, static_cast<hsize_t>(tokens));
        Routing batch{static_cast<int>(count), top_k, layer.routed, {}, {}};
        batch.expert.resize(count * width);
        batch.weight.resize(count * width);
        read_rows(expert, batch.expert.data(), first, count, width, H5::PredType::NATIVE_INT32);
        read_rows(weight, batch.weight.data(), first, count, width, H5::PredType::NATIVE_FLOAT);
        check_batch(layer, batch, where, first);
        visit(l, static_cast<std::int64_t>(first), batch);
      }
    }
  } catch (const H5::Exception& e) {
    throw InputError(fmt::format("{}: not a readable {}: {}", name, trace_hdf5::format_name, e.getDetailMsg()));
  }
}

} // namespace moesaic::workloads
