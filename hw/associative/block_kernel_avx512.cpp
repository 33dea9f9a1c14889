#include <immintrin.h>

#define RUN_BLOCK run_block_avx512
#include "hw/associative/block_kernel_body.hpp"

#define RUN_CIRCUIT run_circuit_avx512
#define TERNARY(table, a, b, c) \
  reinterpret_cast<Lane>(_mm512_ternarylogic_epi64(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b), reinterpret_cast<__m512i>(c), table))
#include "hw/associative/circuit_kernel_body.hpp"

#define RUN_SEARCH run_search_avx512
#define ANY_LANE(lane) (_mm512_test_epi64_mask(reinterpret_cast<__m512i>(lane), reinterpret_cast<__m512i>(lane)) != 0)
#include "hw/associative/plane_search_body.hpp"
