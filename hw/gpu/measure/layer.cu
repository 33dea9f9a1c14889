#include "layer.cuh"

namespace moesaic::measure {

namespace {

constexpr int threads = 256;

__global__ void fill_kernel(__nv_bfloat16* data, std::size_t count, float scale, unsigned seed) {
  for (std::size_t i = blockIdx.x * std::size_t(blockDim.x) + threadIdx.x; i < count;
       i += std::size_t(gridDim.x) * blockDim.x) {
    unsigned long long h = (i + 1) * 0x9e3779b97f4a7c15ull + seed;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ull;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebull;
    data[i] = __float2bfloat16(scale * (float((h >> 40) & 0xffff) / 32768.f - 1.f));
  }
}

/// One block per token: the largest logit, top_k times over; gates are the softmax of the chosen.
__global__ void top_k_kernel(const float* logits, int experts, int top_k, int* top, float* gates) {
  extern __shared__ float value[];
  __shared__ float best[threads];
  __shared__ int where[threads];
  const float* own = logits + std::size_t(blockIdx.x) * experts;
  for (int e = threadIdx.x; e < experts; e += threads)
    value[e] = own[e];
  float sum = 0;
  for (int choice = 0; choice < top_k; ++choice) {
    __syncthreads();
    best[threadIdx.x] = -1e30f, where[threadIdx.x] = 0;
    for (int e = threadIdx.x; e < experts; e += threads)
      if (value[e] > best[threadIdx.x])
        best[threadIdx.x] = value[e], where[threadIdx.x] = e;
    for (int half = threads / 2; half > 0; half /= 2) {
      __syncthreads();
      if (threadIdx.x < half && best[threadIdx.x + half] > best[threadIdx.x])
        best[threadIdx.x] = best[threadIdx.x + half], where[threadIdx.x] = where[threadIdx.x + half];
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      top[blockIdx.x * top_k + choice] = where[0];
      gates[blockIdx.x * top_k + choice] = expf(best[0]);
      sum += expf(best[0]);
      value[where[0]] = -1e30f;
    }
  }
  if (threadIdx.x == 0)
    for (int choice = 0; choice < top_k; ++choice)
      gates[blockIdx.x * top_k + choice] /= sum;
}

__global__ void gather_kernel(const __nv_bfloat16* x, const int* source, int hidden, __nv_bfloat16* sorted) {
  for (int i = threadIdx.x; i < hidden; i += threads)
    sorted[std::size_t(blockIdx.x) * hidden + i] = x[std::size_t(source[blockIdx.x]) * hidden + i];
}

__global__ void swiglu_kernel(const __nv_bfloat16* inner, int ffn, __nv_bfloat16* out) {
  const __nv_bfloat16* gate = inner + std::size_t(blockIdx.x) * 2 * ffn;
  for (int i = threadIdx.x; i < ffn; i += threads) {
    const float g = __bfloat162float(gate[i]), u = __bfloat162float(gate[ffn + i]);
    out[std::size_t(blockIdx.x) * ffn + i] = __float2bfloat16(g / (1 + expf(-g)) * u);
  }
}

__global__ void combine_kernel(const __nv_bfloat16* partial, const int* place, const float* gates, int top_k,
                               int hidden, __nv_bfloat16* y) {
  for (int i = threadIdx.x; i < hidden; i += threads) {
    float sum = 0;
    for (int choice = 0; choice < top_k; ++choice) {
      const int slot = blockIdx.x * top_k + choice;
      sum += gates[slot] * __bfloat162float(partial[std::size_t(place[slot]) * hidden + i]);
    }
    y[std::size_t(blockIdx.x) * hidden + i] = __float2bfloat16(sum);
  }
}

/// Slots in the order of their experts (stable).
std::vector<int> sorted_slots(const Choices& choices) {
  std::vector<int> slots(choices.size());
  std::iota(slots.begin(), slots.end(), 0);
  std::stable_sort(slots.begin(), slots.end(), [&](int a, int b) {
    return choices[static_cast<std::size_t>(a)] < choices[static_cast<std::size_t>(b)];
  });
  return slots;
}

std::vector<int> sources(const Choices& choices, int top_k) {
  auto slots = sorted_slots(choices);
  for (int& slot : slots)
    slot /= top_k;
  return slots;
}

std::vector<int> places(const Choices& choices) {
  const auto slots = sorted_slots(choices);
  std::vector<int> place(slots.size());
  for (std::size_t row = 0; row < slots.size(); ++row)
    place[static_cast<std::size_t>(slots[row])] = static_cast<int>(row);
  return place;
}

/// Logits whose top_k are the choices, in their order, which the combine's `place` relies on.
std::vector<float> logits_for(const Choices& choices, int tokens, int top_k, int experts) {
  std::vector<float> logits(std::size_t(tokens) * experts, -4.f);
  for (int token = 0; token < tokens; ++token)
    for (int choice = 0; choice < top_k; ++choice)
      logits[std::size_t(token) * experts + choices[std::size_t(token) * top_k + choice]] =
          1.f - 0.1f * choice;
  return logits;
}

std::vector<int> touched(const Choices& choices) {
  std::vector<int> experts(choices);
  std::sort(experts.begin(), experts.end());
  experts.erase(std::unique(experts.begin(), experts.end()), experts.end());
  return experts;
}

std::vector<int> beginnings(const Choices& choices) {
  std::vector<int> experts(choices), begin;
  std::sort(experts.begin(), experts.end());
  for (std::size_t i = 0; i < experts.size(); ++i)
    if (i == 0 || experts[i] != experts[i - 1])
      begin.push_back(static_cast<int>(i));
  begin.push_back(static_cast<int>(experts.size()));
  return begin;
}

} // namespace

void fill(Buffer<__nv_bfloat16>& buffer, float scale, unsigned seed) {
  fill_kernel<<<1024, threads>>>(buffer.data(), buffer.size(), scale, seed);
  check(cudaGetLastError(), "fill");
}

Weights::Weights(const Shape& s)
    : up(std::size_t(s.experts) * 2 * s.ffn * s.hidden), down(std::size_t(s.experts) * s.hidden * s.ffn) {
  fill(up, 0.04f, 1);
  fill(down, 0.04f, 2);
}

Layer::Layer(const Shape& s, const Weights& weights, int tokens, const Choices& choices)
    : shape_(s), tokens_(tokens), expert_(touched(choices)), begin_(beginnings(choices)),
      logits_(logits_for(choices, tokens, s.top_k, s.experts)), gates_(choices.size()), top_(choices.size()),
      source_(sources(choices, s.top_k)), place_(places(choices)), x_(std::size_t(tokens) * s.hidden),
      sorted_(choices.size() * s.hidden), inner_(choices.size() * 2 * s.ffn),
      activated_(choices.size() * s.ffn), partial_(choices.size() * s.hidden),
      y_(std::size_t(tokens) * s.hidden),
      up_(product(weights.up.data(), sorted_.data(), inner_.data(), 2 * s.ffn, s.hidden)),
      down_(product(weights.down.data(), activated_.data(), partial_.data(), s.hidden, s.ffn)) {
  fill(x_, 1.f, 3);
}

Layer::Product Layer::product(const __nv_bfloat16* weights, const __nv_bfloat16* in, __nv_bfloat16* out,
                              int n, int k) const {
  const std::size_t groups = expert_.size();
  std::vector<const void*> w, a;
  std::vector<void*> c;
  std::vector<int> rows;
  for (std::size_t g = 0; g < groups; ++g) {
    w.push_back(weights + std::size_t(expert_[g]) * n * k);
    a.push_back(in + std::size_t(begin_[g]) * k);
    c.push_back(out + std::size_t(begin_[g]) * n);
    rows.push_back(begin_[g + 1] - begin_[g]);
  }
  return {std::vector<cublasOperation_t>(groups, CUBLAS_OP_T),
          std::vector<cublasOperation_t>(groups, CUBLAS_OP_N),
          std::vector<int>(groups, n),
          rows,
          std::vector<int>(groups, k),
          std::vector<int>(groups, 1),
          std::vector<float>(groups, 1),
          std::vector<float>(groups, 0),
          Buffer<const void*>(w),
          Buffer<const void*>(a),
          Buffer<void*>(c)};
}

/// Row-major out = in x weights^T, which cuBLAS sees as column-major out^T = weights x in^T.
void Layer::multiply(cublasHandle_t blas, Product& p) {
  check(cublasGemmGroupedBatchedEx(blas, p.transposed.data(), p.plain.data(), p.columns.data(), p.rows.data(),
                                   p.depth.data(), p.one.data(), p.weights.data(), CUDA_R_16BF,
                                   p.depth.data(), p.in.data(), CUDA_R_16BF, p.depth.data(), p.zero.data(),
                                   p.out.data(), CUDA_R_16BF, p.columns.data(),
                                   static_cast<int>(p.rows.size()), p.group_size.data(), CUBLAS_COMPUTE_32F),
        "grouped product");
}

void Layer::run(cublasHandle_t blas, cudaStream_t stream) {
  const int slots = tokens_ * shape_.top_k;
  top_k_kernel<<<tokens_, threads, shape_.experts * sizeof(float), stream>>>(
      logits_.data(), shape_.experts, shape_.top_k, top_.data(), gates_.data());
  gather_kernel<<<slots, threads, 0, stream>>>(x_.data(), source_.data(), shape_.hidden, sorted_.data());
  multiply(blas, up_);
  swiglu_kernel<<<slots, threads, 0, stream>>>(inner_.data(), shape_.ffn, activated_.data());
  multiply(blas, down_);
  combine_kernel<<<tokens_, threads, 0, stream>>>(partial_.data(), place_.data(), gates_.data(), shape_.top_k,
                                                  shape_.hidden, y_.data());
  check(cudaGetLastError(), "layer");
}

} // namespace moesaic::measure
