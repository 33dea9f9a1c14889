// Routing traces as HDF5, read and written in pieces.
#include <array>
#include <filesystem>

#include <H5Cpp.h>
#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/trace_file.hpp"

namespace moesaic::workloads {

namespace {

constexpr const char* format_name = "moesaic routing trace";
constexpr int format_version = 1, most_layers = 1024;
constexpr hsize_t chunk_tokens = 4096;

std::string layer_path(int layer, const char* dataset) {
  return fmt::format("layer_{}/{}", layer, dataset);
}

H5::DataSet make_dataset(H5::H5File& file, const std::string& path, const H5::PredType& type, hsize_t top_k) {
  const hsize_t size[] = {0, top_k}, most[] = {H5S_UNLIMITED, top_k}, chunk[] = {chunk_tokens, top_k};
  H5::DSetCreatPropList properties;
  properties.setChunk(2, chunk);
  return file.createDataSet(path, type, H5::DataSpace(2, size, most), properties);
}

void append_rows(H5::DataSet data, const void* rows, hsize_t count, const H5::PredType& type) {
  hsize_t size[2];
  data.getSpace().getSimpleExtentDims(size);
  const hsize_t start[] = {size[0], 0}, piece[] = {count, size[1]};
  size[0] += count;
  data.extend(size);
  H5::DataSpace place = data.getSpace();
  place.selectHyperslab(H5S_SELECT_SET, piece, start);
  data.write(rows, type, H5::DataSpace(2, piece), place);
}

void read_rows(const H5::DataSet& data, void* rows, hsize_t first, hsize_t count, hsize_t width,
               const H5::PredType& type) {
  const hsize_t start[] = {first, 0}, piece[] = {count, width};
  H5::DataSpace place = data.getSpace();
  place.selectHyperslab(H5S_SELECT_SET, piece, start);
  data.read(rows, type, H5::DataSpace(2, piece), place);
}

int integer_attribute(const H5::H5File& file, const char* name) {
  int value = 0;
  const H5::Attribute attribute = file.openAttribute(name);
  if (attribute.getSpace().getSimpleExtentNpoints() != 1)
    throw H5::AttributeIException(name, "not one number");
  attribute.read(H5::PredType::NATIVE_INT, &value);
  return value;
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
  H5std_string format;
  const H5::Attribute attribute = file.openAttribute("format");
  if (attribute.getTypeClass() == H5T_STRING)
    attribute.read(attribute.getStrType(), format);
  if (format.substr(0, format.find('\0')) != format_name)
    throw InputError(fmt::format("{}: not a {}", name, format_name));
  const int version = integer_attribute(file, "version");
  if (version != format_version)
    throw InputError(fmt::format("{}: version {} is not supported", name, version));
  const int experts = integer_attribute(file, "experts"), layers = integer_attribute(file, "layers");
  if (experts != layer.routed)
    throw InputError(
        fmt::format("{}: recorded for {} experts, the layer has {}", name, experts, layer.routed));
  if (layers < 1 || layers > most_layers)
    throw InputError(
        fmt::format("{}: layers {} is out of range, expected 1 to {}", name, layers, most_layers));
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

struct TraceWriter::Impl {
  std::string name, unfinished;
  int experts, top_k;
  H5::H5File file;
  std::vector<std::array<H5::DataSet, 2>> layers; ///< expert, weight
};

TraceWriter::TraceWriter(const std::string& file, int layers, int experts, int top_k)
    : impl_(new Impl{file, file + ".part", experts, top_k, {}, {}}) {
  H5::Exception::dontPrint();
  try {
    impl_->file = H5::H5File(impl_->unfinished, H5F_ACC_TRUNC);
    const H5::StrType text(H5::PredType::C_S1, std::string(format_name).size());
    impl_->file.createAttribute("format", text, H5::DataSpace()).write(text, std::string(format_name));
    const std::pair<const char*, int> numbers[] = {
        {"version", format_version}, {"layers", layers}, {"experts", experts}, {"top_k", top_k}};
    for (const auto& [key, value] : numbers)
      impl_->file.createAttribute(key, H5::PredType::NATIVE_INT, H5::DataSpace())
          .write(H5::PredType::NATIVE_INT, &value);
    for (int l = 0; l < layers; ++l) {
      impl_->file.createGroup(fmt::format("layer_{}", l));
      const auto k = static_cast<hsize_t>(top_k);
      impl_->layers.push_back(
          {make_dataset(impl_->file, layer_path(l, "expert"), H5::PredType::STD_I32LE, k),
           make_dataset(impl_->file, layer_path(l, "weight"), H5::PredType::IEEE_F32LE, k)});
    }
  } catch (const H5::Exception&) {
    throw InputError(file + ": cannot be written");
  }
}

TraceWriter::~TraceWriter() {
  if (impl_->unfinished.empty())
    return;
  impl_->layers.clear();
  impl_->file.close();
  std::error_code ignored;
  std::filesystem::remove(impl_->unfinished, ignored);
}

void TraceWriter::append(int layer, const Routing& routing) {
  if (routing.experts != impl_->experts || routing.top_k != impl_->top_k)
    throw InputError(fmt::format("{}: {} experts, top {}, do not fit the file's {}, top {}", impl_->name,
                                 routing.experts, routing.top_k, impl_->experts, impl_->top_k));
  const auto& [expert, weight] = impl_->layers.at(static_cast<std::size_t>(layer));
  try {
    append_rows(expert, routing.expert.data(), static_cast<hsize_t>(routing.tokens),
                H5::PredType::NATIVE_INT32);
    append_rows(weight, routing.weight.data(), static_cast<hsize_t>(routing.tokens),
                H5::PredType::NATIVE_FLOAT);
  } catch (const H5::Exception&) {
    throw InputError(impl_->name + ": cannot be written");
  }
}

void TraceWriter::finish() {
  std::error_code error;
  try {
    impl_->layers.clear();
    impl_->file.close();
    std::filesystem::rename(impl_->unfinished, impl_->name, error);
  } catch (const H5::Exception&) {
    error = std::make_error_code(std::errc::io_error);
  }
  if (error)
    throw InputError(impl_->name + ": cannot be written");
  impl_->unfinished.clear();
}

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
    for (int l = 0; l < layers; ++l) {
      const std::string where = fmt::format("{}: layer_{}", name, l);
      const H5::DataSet expert = file.openDataSet(layer_path(l, "expert")),
                        weight = file.openDataSet(layer_path(l, "weight"));
      const hsize_t all = rows_of(expert, top_k, where + "/expert");
      if (rows_of(weight, top_k, where + "/weight") != all)
        throw InputError(where + ": weight has not as many tokens as expert");
      if (all == 0)
        throw InputError(where + ": has no tokens");
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
    throw InputError(fmt::format("{}: not a readable {}: {}", name, format_name, e.getDetailMsg()));
  }
}

} // namespace moesaic::workloads
