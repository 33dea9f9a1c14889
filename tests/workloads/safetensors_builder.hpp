// Writes .safetensors files for tests: tensors one after the other, header in front.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "workloads/float_bits.hpp"
#include "workloads/number_format.hpp"

inline std::string safetensors_file(const std::string& header, const std::string& data) {
  std::string file(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(file.data(), &length, 8); // tests run on little-endian machines
  return file + header + data;
}

class SafetensorsBuilder {
 public:
  void add(const std::string& name, const std::string& dtype, const std::vector<int>& shape,
           const std::vector<float>& values) {
    const std::size_t start = data_.size();
    for (const float v : values)
      append(dtype, v);
    std::string extents;
    for (const int extent : shape)
      extents += (extents.empty() ? "" : ",") + std::to_string(extent);
    header_ += (header_.empty() ? "{\"" : ",\"") + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" +
               extents + "],\"data_offsets\":[" + std::to_string(start) + "," + std::to_string(data_.size()) +
               "]}";
  }
  std::string file() const { return safetensors_file(header_ + "}", data_); }

 private:
  void append(const std::string& dtype, float v) {
    std::uint32_t bits = moesaic::workloads::bits_of(v);
    int width = 4;
    if (dtype == "BF16")
      bits >>= 16, width = 2;
    if (dtype == "F8_E4M3")
      bits = moesaic::workloads::e4m3_to_byte(v), width = 1;
    if (dtype == "F16")
      bits = static_cast<std::uint32_t>(
          v == 0 ? 0 : (bits >> 31 << 15 | ((bits >> 23 & 255) - 112) << 10 | (bits >> 13 & 1023))),
      width = 2;
    for (int i = 0; i < width; ++i)
      data_ += static_cast<char>(bits >> 8 * i & 255);
  }

  std::string header_, data_;
};
