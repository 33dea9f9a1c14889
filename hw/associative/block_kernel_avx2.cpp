#define RUN_BLOCK run_block_avx2
#include "hw/associative/block_kernel_body.hpp"
