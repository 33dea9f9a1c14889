#include "workloads/safetensors_header.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/json_file.hpp"

namespace moesaic::workloads {

namespace {

const std::map<std::string, int> sizes{{"BOOL", 1},    {"U8", 1},      {"I8", 1},  {"F8_E4M3", 1},
                                       {"F8_E5M2", 1}, {"F8_E8M0", 1}, {"U16", 2}, {"I16", 2},
                                       {"F16", 2},     {"BF16", 2},    {"U32", 4}, {"I32", 4},
                                       {"F32", 4},     {"U64", 8},     {"I64", 8}, {"F64", 8}};

/// One file's header while it is read; `fail` names file and tensor.
class HeaderReader {
 public:
  HeaderReader(std::uint64_t data_start, std::uint64_t file_bytes, const std::string& file)
      : start_(data_start), data_bytes_(file_bytes - data_start), file_(file) {}

  TensorEntry read(const std::string& name, const Json& json) const {
    if (!json.is_object())
      fail(name, "expected dtype, shape and data_offsets");
    for (const auto& item : json.items())
      if (item.key() != "dtype" && item.key() != "shape" && item.key() != "data_offsets")
        fail(name, fmt::format("unknown key {}", short_text(item.key())));
    for (const char* key : {"dtype", "shape", "data_offsets"})
      if (!json.contains(key))
        fail(name, fmt::format("{} is missing", key));
    TensorEntry entry;
    if (!json["dtype"].is_string())
      fail(name, "dtype is no text");
    entry.dtype = json["dtype"].get<std::string>();
    const int size = bytes_per_element(entry.dtype);
    if (size == 0)
      fail(name, fmt::format("unknown dtype {}", short_text(json["dtype"])));
    std::uint64_t bytes = static_cast<std::uint64_t>(size);
    for (const std::uint64_t extent : integers(name, "shape", json["shape"])) {
      if (__builtin_mul_overflow(bytes, extent, &bytes) || extent > INT64_MAX)
        fail(name, "its size overflows");
      entry.shape.push_back(static_cast<std::int64_t>(extent));
    }
    const auto offsets = integers(name, "data_offsets", json["data_offsets"]);
    if (offsets.size() != 2)
      fail(name, "data_offsets are not two numbers");
    if (offsets[0] > offsets[1] || offsets[1] > data_bytes_)
      fail(name, fmt::format("data_offsets [{}, {}] are out of range, the file holds {} bytes of data",
                             offsets[0], offsets[1], data_bytes_));
    if (offsets[1] - offsets[0] != bytes)
      fail(name, fmt::format("{} bytes for a shape and dtype of {}", offsets[1] - offsets[0], bytes));
    entry.offset = start_ + offsets[0];
    entry.bytes = bytes;
    return entry;
  }

  /// Tensors must tile the data exactly.
  void check_layout(const std::map<std::string, TensorEntry>& entries) const {
    std::vector<const std::pair<const std::string, TensorEntry>*> order;
    for (const auto& entry : entries)
      order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
      return std::pair(a->second.offset, a->second.bytes) < std::pair(b->second.offset, b->second.bytes);
    });
    std::uint64_t end = start_;
    const std::string* before = nullptr;
    for (const auto* entry : order) {
      if (entry->second.offset < end)
        fail(entry->first, fmt::format("overlaps {}", short_text(*before)));
      if (entry->second.offset > end)
        fail(entry->first, fmt::format("{} bytes before it belong to no tensor", entry->second.offset - end));
      end += entry->second.bytes;
      before = &entry->first;
    }
    if (end != start_ + data_bytes_)
      throw InputError(
          fmt::format("{}: {} bytes at the end belong to no tensor", file_, start_ + data_bytes_ - end));
  }

 private:
  [[noreturn]] void fail(const std::string& tensor, const std::string& message) const {
    throw InputError(fmt::format("{}: tensor {}: {}", file_, short_text(tensor), message));
  }

  std::vector<std::uint64_t> integers(const std::string& name, const char* key, const Json& list) const {
    if (!list.is_array())
      fail(name, fmt::format("{} is no list", key));
    std::vector<std::uint64_t> values;
    for (const auto& item : list) {
      if (!item.is_number_unsigned())
        fail(name, fmt::format("{} holds {}, expected a whole number from 0", key, short_text(item)));
      values.push_back(item.get<std::uint64_t>());
    }
    return values;
  }

  std::uint64_t start_, data_bytes_;
  const std::string& file_;
};

} // namespace

std::uint64_t TensorEntry::elements() const {
  return bytes / static_cast<std::uint64_t>(bytes_per_element(dtype));
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t extent : shape)
    text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return text;
}

int bytes_per_element(const std::string& dtype) {
  const auto found = sizes.find(dtype);
  return found == sizes.end() ? 0 : found->second;
}

std::map<std::string, TensorEntry> parse_safetensors_header(const std::uint8_t* data, std::uint64_t available,
                                                            std::uint64_t file_bytes,
                                                            const std::string& file) {
  if (file_bytes < 8 || available < 8)
    throw InputError(file + ": too short for a safetensors file");
  std::uint64_t length = 0;
  for (int i = 7; i >= 0; --i)
    length = length << 8 | data[i];
  if (length > most_header_bytes)
    throw InputError(
        fmt::format("{}: a header of {} bytes, at most {} are allowed", file, length, most_header_bytes));
  if (length > file_bytes - 8 || length > available - 8)
    throw InputError(fmt::format("{}: a header of {} bytes in a file of {}", file, length, file_bytes));
  const Json json = parse_json(std::string(reinterpret_cast<const char*>(data) + 8, length), file);
  if (!json.is_object())
    throw InputError(file + ": the header is no JSON object");
  const HeaderReader reader(8 + length, file_bytes, file);
  std::map<std::string, TensorEntry> entries;
  for (const auto& item : json.items())
    if (item.key() != "__metadata__")
      entries.emplace(item.key(), reader.read(item.key(), item.value()));
  reader.check_layout(entries);
  return entries;
}

} // namespace moesaic::workloads
