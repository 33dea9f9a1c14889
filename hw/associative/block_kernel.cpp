#include "hw/associative/block_kernel.hpp"

namespace moesaic::hw::associative {

std::vector<BlockKernel> block_kernels() {
  std::vector<BlockKernel> kernels = {run_block_generic};
#ifdef MOESAIC_X86_KERNELS
  if (__builtin_cpu_supports("avx2"))
    kernels.push_back(run_block_avx2);
  if (__builtin_cpu_supports("avx512f"))
    kernels.push_back(run_block_avx512);
#endif
  return kernels;
}

} // namespace moesaic::hw::associative
