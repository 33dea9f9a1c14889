// Times one MoE layer over a grid of models, tokens and skews, with board energy, and writes a CSV for
// `moesaic fit gpu`.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "layer.cuh"
#include "meter.hpp"

using namespace moesaic::measure;

namespace {

const Shape shapes[] = {{"deepseek-v3", 7168, 2048, 8, 256},
                        {"mixtral-8x7b", 4096, 14336, 2, 8},
                        {"qwen3-30b-a3b", 2048, 768, 8, 128}};
constexpr int token_counts[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384};
constexpr int draws = 5;

struct Options {
  const char* gpu = nullptr; ///< as hw/catalog names it
  const char* output = "measured.csv";
  double warm = 1, seconds = 3; ///< of each draw
  int device = 0;
};

Options parse(int count, char** words) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    if (!std::strcmp(words[i], "--gpu"))
      options.gpu = words[i + 1];
    else if (!std::strcmp(words[i], "--output"))
      options.output = words[i + 1];
    else if (!std::strcmp(words[i], "--warm"))
      options.warm = std::atof(words[i + 1]);
    else if (!std::strcmp(words[i], "--seconds"))
      options.seconds = std::atof(words[i + 1]);
    else if (!std::strcmp(words[i], "--device"))
      options.device = std::atoi(words[i + 1]);
    else
      throw std::runtime_error(std::string("unknown option ") + words[i]);
  }
  if (!options.gpu || count % 2 == 0 || !(options.seconds > 0))
    throw std::runtime_error(
        "usage: measure_moe --gpu NAME [--output FILE.csv] [--seconds S] [--warm S] [--device N]");
  return options;
}

struct Reading {
  double seconds = 0, joules = 0; ///< of one layer
};

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Repeats the layer for `span` seconds, in batches that keep the launch queue full; the number of passes.
long repeat(Layer& layer, cublasHandle_t blas, cudaStream_t stream, double span) {
  long passes = 0;
  for (const double end = now() + span; now() < end; passes += 20) {
    for (int i = 0; i < 20; ++i)
      layer.run(blas, stream);
    check(cudaStreamSynchronize(stream), "layer");
  }
  return passes;
}

/// Time and energy over the same passes, after a warm-up that lets clock, temperature and counter settle.
Reading measure(Layer& layer, cublasHandle_t blas, cudaStream_t stream, const EnergyMeter& meter,
                const Options& options) {
  repeat(layer, blas, stream, options.warm);
  const double joules = meter.joules(), start = now();
  const auto passes = static_cast<double>(repeat(layer, blas, stream, options.seconds));
  const double seconds = now() - start;
  return {seconds / passes, (meter.joules() - joules) / passes};
}

void write_rows(const Shape& shape, const Options& options, const char* engine, std::FILE* out,
                cublasHandle_t blas, cudaStream_t stream, const EnergyMeter& meter) {
  const Weights weights(shape);
  for (const double alpha : {0.0, 1.01, 1.2})
    for (const int tokens : token_counts) {
      Reading mean;
      const int runs = alpha == 0 ? 1 : draws;
      for (int draw = 0; draw < runs; ++draw) {
        Layer layer(shape, weights, tokens,
                    alpha == 0
                        ? balanced(tokens, shape.top_k, shape.experts)
                        : power_law(tokens, shape.top_k, shape.experts, alpha, static_cast<unsigned>(draw)));
        const Reading one = measure(layer, blas, stream, meter, options);
        mean.seconds += one.seconds / runs;
        mean.joules += one.joules / runs;
      }
      char loads[32] = "balanced";
      if (alpha > 0)
        std::snprintf(loads, sizeof loads, "power_law_%g", alpha);
      std::fprintf(out, "%s,%s,%s,bfloat16,%d,%d,%d,%d,1,%s,%d,%.6g,%.2f\n", options.gpu, engine, shape.model,
                   shape.hidden, shape.ffn, shape.top_k, shape.experts, loads, tokens, mean.seconds * 1e3,
                   mean.joules / mean.seconds);
      std::fflush(out);
    }
}

bool fits(const Shape& shape) {
  std::size_t there = 0, all = 0;
  check(cudaMemGetInfo(&there, &all), "memory");
  const double weights = 6.0 * shape.experts * shape.hidden * shape.ffn;
  const double rows = 2.0 * token_counts[std::size(token_counts) - 1] * shape.top_k;
  return weights + rows * (2.0 * shape.hidden + 3.0 * shape.ffn) < 0.9 * double(there);
}

void run(const Options& options) {
  check(cudaSetDevice(options.device), "device");
  const EnergyMeter meter(static_cast<unsigned>(options.device));
  cublasHandle_t blas;
  check(cublasCreate(&blas), "cuBLAS");
  cudaStream_t stream;
  check(cudaStreamCreate(&stream), "stream");
  check(cublasSetStream(blas, stream), "stream");
  int version = 0;
  check(cublasGetVersion(blas, &version), "version");
  cudaDeviceProp properties;
  check(cudaGetDeviceProperties(&properties, options.device), "properties");
  std::FILE* out = std::fopen(options.output, "w");
  if (!out)
    throw std::runtime_error(std::string(options.output) + ": cannot be written");
  const std::string engine = "cublas-" + std::to_string(version);
  std::fprintf(out, "# %s, driver %s; %g s of repeated layers per draw after %g s of warm-up\n",
               properties.name, meter.driver().c_str(), options.seconds, options.warm);
  std::fprintf(
      out,
      "gpu,engine,model,dtype,hidden,intermediate,top_k,experts,ep,distribution,tokens,latency_ms,power_w\n");
  for (const Shape& shape : shapes)
    if (fits(shape))
      write_rows(shape, options, engine.c_str(), out, blas, stream, meter);
    else
      std::fprintf(stderr, "%s does not fit into this GPU's memory: left out\n", shape.model);
  if (std::fclose(out) != 0)
    throw std::runtime_error(std::string(options.output) + ": cannot be written");
  cudaStreamDestroy(stream);
  cublasDestroy(blas);
}

} // namespace

int main(int count, char** words) {
  try {
    run(parse(count, words));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "measure_moe: %s\n", error.what());
    return 2;
  }
}
