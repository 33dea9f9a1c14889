// Routing traces written in pieces, as HDF5 or CSV.
#include <array>
#include <filesystem>
#include <fstream>

#include <H5Cpp.h>
#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/trace_file.hpp"
#include "workloads/trace_hdf5.hpp"

namespace moesaic::workloads {

namespace {

/// Where pieces go. Methods throw H5::Exception or std::ios_base::failure where nothing can be written.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void append(int layer, const Routing& routing) = 0;
  virtual void close() = 0;
};

class CsvSink : public Sink {
 public:
  explicit CsvSink(const std::string& file) {
    out_.exceptions(std::ios::failbit | std::ios::badbit);
    out_.open(file, std::ios::trunc);
    out_ << "layer,token,expert,weight\n";
  }

  void append(int layer, const Routing& r) override {
    if (layer != layer_)
      token_ = 0;
    layer_ = layer;
    for (int t = 0; t < r.tokens; ++t, ++token_)
      for (int j = 0; j < r.top_k; ++j)
        out_ << fmt::format("{},{},{},{:.9g}\n", layer, token_, r.expert_of(t, j), r.weight_of(t, j));
  }

  void close() override { out_.close(); }

 private:
  std::ofstream out_;
  int layer_ = 0;
  std::int64_t token_ = 0;
};

class Hdf5Sink : public Sink {
 public:
  Hdf5Sink(const std::string& name, int layers, int experts, int top_k) : file_(name, H5F_ACC_TRUNC) {
    const std::string format = trace_hdf5::format_name;
    const H5::StrType text(H5::PredType::C_S1, format.size());
    file_.createAttribute("format", text, H5::DataSpace()).write(text, format);
    const std::pair<const char*, int> numbers[] = {
        {"version", trace_hdf5::format_version}, {"layers", layers}, {"experts", experts}, {"top_k", top_k}};
    for (const auto& [key, value] : numbers)
      file_.createAttribute(key, H5::PredType::NATIVE_INT, H5::DataSpace()).write(H5::PredType::NATIVE_INT, &value);
    for (int l = 0; l < layers; ++l) {
      file_.createGroup(fmt::format("layer_{}", l));
      layers_.push_back({create(l, "expert", H5::PredType::STD_I32LE, top_k),
                         create(l, "weight", H5::PredType::IEEE_F32LE, top_k)});
    }
  }

  void append(int layer, const Routing& routing) override {
    const auto& [expert, weight] = layers_.at(static_cast<std::size_t>(layer));
    append_rows(expert, routing.expert.data(), static_cast<hsize_t>(routing.tokens), H5::PredType::NATIVE_INT32);
    append_rows(weight, routing.weight.data(), static_cast<hsize_t>(routing.tokens), H5::PredType::NATIVE_FLOAT);
  }

  void close() override {
    layers_.clear();
    file_.close();
  }

 private:
  H5::DataSet create(int layer, const char* name, const H5::PredType& type, int top_k) {
    const auto width = static_cast<hsize_t>(top_k);
    const hsize_t size[] = {0, width}, most[] = {H5S_UNLIMITED, width}, chunk[] = {4096, width};
    H5::DSetCreatPropList properties;
    properties.setChunk(2, chunk);
    return file_.createDataSet(trace_hdf5::layer_path(layer, name), type, H5::DataSpace(2, size, most), properties);
  }

  static void append_rows(H5::DataSet data, const void* rows, hsize_t count, const H5::PredType& type) {
    hsize_t size[2];
    data.getSpace().getSimpleExtentDims(size);
    const hsize_t start[] = {size[0], 0}, piece[] = {count, size[1]};
    size[0] += count;
    data.extend(size);
    H5::DataSpace place = data.getSpace();
    place.selectHyperslab(H5S_SELECT_SET, piece, start);
    data.write(rows, type, H5::DataSpace(2, piece), place);
  }

  H5::H5File file_;
  std::vector<std::array<H5::DataSet, 2>> layers_; ///< expert, weight
};

/// What `write` does, its failures as InputErrors.
template <class Write> auto written(const std::string& file, Write write) {
  try {
    return write();
  } catch (const H5::Exception&) {
    throw InputError(file + ": cannot be written");
  } catch (const std::ios_base::failure&) {
    throw InputError(file + ": cannot be written");
  }
}

} // namespace

struct TraceWriter::Impl {
  std::string name, unfinished;
  int experts, top_k;
  std::unique_ptr<Sink> sink;
  void discard() {
    sink.reset();
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);
  }
};

TraceWriter::TraceWriter(const std::string& file, int layers, int experts, int top_k)
    : impl_(new Impl{file, file + ".part", experts, top_k, nullptr}) {
  H5::Exception::dontPrint();
  const TraceKind kind = trace_kind(file);
  try {
    impl_->sink = written(file, [&]() -> std::unique_ptr<Sink> {
      if (kind == TraceKind::csv)
        return std::make_unique<CsvSink>(impl_->unfinished);
      return std::make_unique<Hdf5Sink>(impl_->unfinished, layers, experts, top_k);
    });
  } catch (...) {
    impl_->discard();
    throw;
  }
}

TraceWriter::~TraceWriter() {
  if (!impl_->unfinished.empty())
    impl_->discard();
}

void TraceWriter::append(int layer, const Routing& routing) {
  if (routing.experts != impl_->experts || routing.top_k != impl_->top_k)
    throw InputError(fmt::format("{}: {} experts, top {}, do not fit the file's {}, top {}", impl_->name,
                                 routing.experts, routing.top_k, impl_->experts, impl_->top_k));
  written(impl_->name, [&] { impl_->sink->append(layer, routing); });
}

void TraceWriter::finish() {
  written(impl_->name, [&] { impl_->sink->close(); });
  std::error_code error;
  std::filesystem::rename(impl_->unfinished, impl_->name, error);
  if (error)
    throw InputError(impl_->name + ": cannot be written");
  impl_->unfinished.clear();
}

void write_trace(const std::string& file, const Trace& trace) {
  if (trace.layers.empty())
    throw InputError(file + ": a trace without layers is not written");
  const Routing& first = trace.layers.front();
  TraceWriter writer(file, static_cast<int>(trace.layers.size()), first.experts, first.top_k);
  for (std::size_t l = 0; l < trace.layers.size(); ++l)
    writer.append(static_cast<int>(l), trace.layers[l]);
  writer.finish();
}

} // namespace moesaic::workloads
