#define RUN_BLOCK run_block_avx512
#include "hw/associative/block_kernel_body.hpp"
