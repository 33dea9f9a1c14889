#include "workloads/checkpoint.hpp"

#include <cmath>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/float_bits.hpp"
#include "workloads/json_file.hpp"
#include "workloads/mapped_file.hpp"
#include "workloads/number_format.hpp"

namespace moesaic::workloads {

namespace fs = std::filesystem;

namespace {

struct Shard {
  explicit Shard(const std::string& file)
      : mapped(file), entries(parse_safetensors_header(mapped.data(), mapped.size(), mapped.size(), file)) {}

  MappedFile mapped;
  std::map<std::string, TensorEntry> entries;
};

std::uint32_t little_endian(const std::uint8_t* bytes, int count) {
  std::uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i)
    value = value << 8 | bytes[i];
  return value;
}

/// Tensor name -> shard file, from a model.safetensors.index.json.
std::map<std::string, std::string> read_index(const std::string& file) {
  const Json json = parse_json(read_text_file(file), file);
  if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object())
    throw InputError(file + ": weight_map: is missing");
  std::map<std::string, std::string> shard_of;
  for (const auto& item : json["weight_map"].items()) {
    const std::string shard = item.value().is_string() ? item.value().get<std::string>() : "";
    if (shard.empty() || shard.find('/') != std::string::npos || shard == "." || shard == "..")
      throw InputError(
          fmt::format("{}: weight_map.{}: expected a file name beside the index", file, item.key()));
    shard_of[item.key()] = shard;
  }
  return shard_of;
}

std::string checkpoint_file(const std::string& path) {
  if (!fs::is_directory(path))
    return path;
  for (const char* name : {"model.safetensors.index.json", "model.safetensors"})
    if (fs::exists(fs::path(path) / name))
      return (fs::path(path) / name).string();
  throw InputError(path + ": holds neither model.safetensors nor model.safetensors.index.json");
}

} // namespace

struct Checkpoint::Impl {
  std::string file;
  fs::path folder;
  std::map<std::string, std::string> shard_of; ///< tensor -> shard; empty for a single file
  mutable std::map<std::string, std::unique_ptr<Shard>> shards;

  const Shard& shard(const std::string& name) const {
    auto& open = shards[name];
    if (!open)
      open = std::make_unique<Shard>((folder / name).string());
    return *open;
  }

  /// The shard and entry of a tensor, or nulls.
  std::pair<const Shard*, const TensorEntry*> find(const std::string& tensor) const {
    const auto named = shard_of.find(tensor);
    if (!shard_of.empty() && named == shard_of.end())
      return {nullptr, nullptr};
    const Shard& holder = shard(shard_of.empty() ? fs::path(file).filename().string() : named->second);
    const auto entry = holder.entries.find(tensor);
    if (entry == holder.entries.end()) {
      if (shard_of.empty())
        return {nullptr, nullptr};
      throw InputError(fmt::format("{}: tensor {} is missing in {}", file, tensor, named->second));
    }
    return {&holder, &entry->second};
  }

  std::pair<const Shard*, const TensorEntry*> get(const std::string& tensor) const {
    const auto found = find(tensor);
    if (found.first == nullptr)
      throw InputError(fmt::format("{}: tensor {} is missing", file, tensor));
    return found;
  }
};

Checkpoint::Checkpoint(const std::string& path) : impl_(new Impl) {
  impl_->file = checkpoint_file(path);
  impl_->folder = fs::path(impl_->file).parent_path();
  if (fs::path(impl_->file).extension() == ".json") {
    impl_->shard_of = read_index(impl_->file);
    if (impl_->shard_of.empty())
      throw InputError(impl_->file + ": weight_map: is empty");
  } else {
    impl_->shard(fs::path(impl_->file).filename().string());
  }
}

Checkpoint::~Checkpoint() = default;
Checkpoint::Checkpoint(Checkpoint&&) noexcept = default;

std::vector<std::string> Checkpoint::names() const {
  std::vector<std::string> names;
  for (const auto& tensor : impl_->shard_of)
    names.push_back(tensor.first);
  if (impl_->shard_of.empty())
    for (const auto& tensor : impl_->shards.begin()->second->entries)
      names.push_back(tensor.first);
  return names;
}

bool Checkpoint::has(const std::string& tensor) const {
  return impl_->shard_of.empty() ? impl_->find(tensor).first != nullptr : impl_->shard_of.count(tensor) > 0;
}

const TensorEntry& Checkpoint::entry(const std::string& tensor) const {
  return *impl_->get(tensor).second;
}

std::vector<float> Checkpoint::read(const std::string& tensor) const {
  const auto [shard, entry] = impl_->get(tensor);
  const std::uint8_t* bytes = shard->mapped.data() + entry->offset;
  std::vector<float> values(entry->elements());
  const auto fill = [&](int width, auto decode) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = decode(little_endian(bytes + i * std::size_t(width), width));
  };
  if (entry->dtype == "F32")
    fill(4, float_of);
  else if (entry->dtype == "BF16")
    fill(2, [](std::uint32_t bits) { return float_of(bits << 16); });
  else if (entry->dtype == "F16")
    fill(2, [](std::uint32_t bits) { return f16_from_bits(static_cast<std::uint16_t>(bits)); });
  else if (entry->dtype == "F8_E4M3")
    fill(1, [](std::uint32_t bits) { return e4m3_from_byte(static_cast<std::uint8_t>(bits)); });
  else
    throw InputError(fmt::format("{}: tensor {}: dtype {} is not supported for weights", impl_->file, tensor,
                                 entry->dtype));
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw InputError(
          fmt::format("{}: tensor {}: element {} is not a finite number", impl_->file, tensor, i));
  return values;
}

Matrix Checkpoint::read_matrix(const std::string& tensor, int rows, int cols) const {
  constexpr int block = 128;
  const TensorEntry& shape = entry(tensor);
  if (shape.shape != std::vector<std::int64_t>{rows, cols})
    throw InputError(fmt::format("{}: tensor {}: shape [{}], expected [{}, {}]", impl_->file, tensor,
                                 shape_text(shape.shape), rows, cols));
  Matrix matrix;
  matrix.rows = rows;
  matrix.cols = cols;
  matrix.value = read(tensor);
  if (shape.dtype != "F8_E4M3")
    return matrix;
  if (entry(tensor + "_scale_inv").dtype == "F8_E4M3")
    throw InputError(fmt::format("{}: tensor {}_scale_inv: block scales in F8_E4M3 are not supported", impl_->file, tensor));
  const int block_cols = (cols + block - 1) / block;
  const Matrix scale = read_matrix(tensor + "_scale_inv", (rows + block - 1) / block, block_cols);
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < cols; ++c)
      matrix.at(r, c) *= scale.at(r / block, c / block);
  return matrix;
}

std::vector<float> Checkpoint::read_vector(const std::string& tensor, int size) const {
  const TensorEntry& shape = entry(tensor);
  if (shape.shape != std::vector<std::int64_t>{size})
    throw InputError(fmt::format("{}: tensor {}: shape [{}], expected [{}]", impl_->file, tensor,
                                 shape_text(shape.shape), size));
  return read(tensor);
}

} // namespace moesaic::workloads
