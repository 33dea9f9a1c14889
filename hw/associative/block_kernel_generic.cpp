#define RUN_BLOCK run_block_generic
#include "hw/associative/block_kernel_body.hpp"
