#define RUN_BLOCK run_block_avx2
#include "hw/associative/block_kernel_body.hpp"

#define RUN_CIRCUIT run_circuit_avx2
#include "hw/associative/circuit_kernel_body.hpp"

#define RUN_SEARCH run_search_avx2
#include "hw/associative/plane_search_body.hpp"
