// What runs a circuit on a stretch of columns: one version per instruction set of the host.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/associative/circuit.hpp"

namespace moesaic::hw::associative {

constexpr int circuit_words = 32; ///< 2048 columns, a half-bank: its planes and slots stay in the cache

/// `at` holds, per place of the circuit, where its circuit_words words lie.
using CircuitKernel = void (*)(const Circuit& circuit, std::uint64_t* const* at);

void run_circuit_generic(const Circuit& circuit, std::uint64_t* const* at);
void run_circuit_avx2(const Circuit& circuit, std::uint64_t* const* at);
void run_circuit_avx512(const Circuit& circuit, std::uint64_t* const* at);

/// The versions that this processor runs, the widest last; all give the same bits.
std::vector<CircuitKernel> circuit_kernels();

} // namespace moesaic::hw::associative
