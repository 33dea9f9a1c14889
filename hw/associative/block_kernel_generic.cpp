#define RUN_BLOCK run_block_generic
#include "hw/associative/block_kernel_body.hpp"

#define RUN_CIRCUIT run_circuit_generic
#include "hw/associative/circuit_kernel_body.hpp"

#define RUN_SEARCH run_search_generic
#include "hw/associative/plane_search_body.hpp"
