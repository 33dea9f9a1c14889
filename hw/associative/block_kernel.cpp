#include "hw/associative/block_kernel.hpp"
#include "hw/associative/circuit_kernel.hpp"
#include "hw/associative/plane_search.hpp"

namespace moesaic::hw::associative {

namespace {

template <class Kernel>
std::vector<Kernel> supported(Kernel generic, [[maybe_unused]] Kernel avx2, [[maybe_unused]] Kernel avx512) {
  std::vector<Kernel> kernels = {generic};
#ifdef MOESAIC_X86_KERNELS
  if (__builtin_cpu_supports("avx2"))
    kernels.push_back(avx2);
  if (__builtin_cpu_supports("avx512f"))
    kernels.push_back(avx512);
#endif
  return kernels;
}

} // namespace

#ifdef MOESAIC_X86_KERNELS
std::vector<BlockKernel> block_kernels() {
  return supported<BlockKernel>(run_block_generic, run_block_avx2, run_block_avx512);
}

std::vector<CircuitKernel> circuit_kernels() {
  return supported<CircuitKernel>(run_circuit_generic, run_circuit_avx2, run_circuit_avx512);
}

std::vector<SearchKernel> search_kernels() {
  return supported<SearchKernel>(run_search_generic, run_search_avx2, run_search_avx512);
}
#else
std::vector<BlockKernel> block_kernels() {
  return supported<BlockKernel>(run_block_generic, nullptr, nullptr);
}

std::vector<CircuitKernel> circuit_kernels() {
  return supported<CircuitKernel>(run_circuit_generic, nullptr, nullptr);
}

std::vector<SearchKernel> search_kernels() {
  return supported<SearchKernel>(run_search_generic, nullptr, nullptr);
}
#endif

} // namespace moesaic::hw::associative
