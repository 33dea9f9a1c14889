// A published checkpoint: .safetensors files, mapped into memory and read tensor by tensor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "workloads/matrix.hpp"
#include "workloads/safetensors_header.hpp"

namespace moesaic::workloads {

/// Opening reads headers only, and of a sharded checkpoint only its index: a shard is mapped when a tensor of
/// it is asked for. The files must not shrink while they are open.
class Checkpoint {
 public:
  /// A .safetensors file, a .safetensors.index.json, or a folder with model.safetensors or its index. Throws
  /// InputError.
  explicit Checkpoint(const std::string& path);
  ~Checkpoint();
  Checkpoint(Checkpoint&&) noexcept;

  std::vector<std::string> names() const; ///< sorted
  bool has(const std::string& tensor) const;
  /// Throws InputError with the nearest name when it is missing, also when the index names a shard that lacks
  /// it.
  const TensorEntry& entry(const std::string& tensor) const;

  /// All elements as fp32: of F32, F16, BF16 and F8_E4M3 (codes, without any scale). Other dtypes and NaN or
  /// infinite elements are InputErrors.
  std::vector<float> read(const std::string& tensor) const;

  /// A rows x cols matrix. F8_E4M3 is multiplied by its 128 x 128 block scales, the tensor named
  /// `tensor`_scale_inv (F32 as published; BF16 or F16). Another shape is an InputError.
  Matrix read_matrix(const std::string& tensor, int rows, int cols) const;

  /// A vector of `size` elements.
  std::vector<float> read_vector(const std::string& tensor, int size) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace moesaic::workloads
