// One bfloat16 MoE layer on the GPU: top-k, gather, grouped products of cuBLAS, SwiGLU, weighted combine.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include <cublas_v2.h>
#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include "loads.hpp"

namespace moesaic::measure {

inline void check(cudaError_t status, const char* what) {
  if (status != cudaSuccess)
    throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(status));
}
inline void check(cublasStatus_t status, const char* what) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw std::runtime_error(std::string(what) + ": " + cublasGetStatusString(status));
}

/// Device memory of `count` elements.
template <class T> class Buffer {
 public:
  explicit Buffer(std::size_t count) : count_(count) {
    check(cudaMalloc(&data_, count * sizeof(T)), "memory");
  }
  explicit Buffer(const std::vector<T>& host) : Buffer(host.size()) {
    check(cudaMemcpy(data_, host.data(), count_ * sizeof(T), cudaMemcpyHostToDevice), "copy");
  }
  ~Buffer() { cudaFree(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  T* data() const { return data_; }
  std::size_t size() const { return count_; }

 private:
  T* data_ = nullptr;
  std::size_t count_;
};

struct Shape {
  const char* model;
  int hidden, ffn, top_k, experts;
};

/// Weights of a shape: gate and up (2 ffn x hidden), down (hidden x ffn) per expert, of random values, since
/// board power depends on them.
struct Weights {
  explicit Weights(const Shape& shape);
  Buffer<__nv_bfloat16> up, down;
};

/// Fills with values of about +-scale.
void fill(Buffer<__nv_bfloat16>& buffer, float scale, unsigned seed);

class Layer {
 public:
  Layer(const Shape& shape, const Weights& weights, int tokens, const Choices& choices);
  /// Enqueues one pass on the stream of `blas`.
  void run(cublasHandle_t blas, cudaStream_t stream);

 private:
  /// The grouped product with one matrix per touched expert.
  struct Product {
    std::vector<cublasOperation_t> transposed, plain;
    std::vector<int> columns, rows, depth, group_size;
    std::vector<float> one, zero;
    Buffer<const void*> weights, in;
    Buffer<void*> out;
  };
  Product product(const __nv_bfloat16* weights, const __nv_bfloat16* in, __nv_bfloat16* out, int n,
                  int k) const;
  void multiply(cublasHandle_t blas, Product& product);

  Shape shape_;
  int tokens_;
  std::vector<int> expert_, begin_; ///< touched experts, and where their rows begin
  Buffer<float> logits_, gates_;
  Buffer<int> top_, source_,
      place_; ///< chosen experts; the token of a sorted row; the sorted row of a choice
  Buffer<__nv_bfloat16> x_, sorted_, inner_, activated_, partial_, y_;
  Product up_, down_;
};

} // namespace moesaic::measure
