// All-to-all exchange of an expert-parallel group: dispatch of tokens to their experts, combine of the
// results.
#pragma once

#include "hw/gpu/kernel.hpp"

namespace moesaic::mappings::gpu {

struct Exchange {
  double rows = 0;          ///< that a rank sends, or that it receives where that is more
  double bytes_per_row = 0; ///< of one row: hidden width times the element, scales included
  double ranks = 1;         ///< over which the rows spread evenly, its own included
  double node = 8;          ///< ranks joined by NVLink; the others are reached through the network
};

/// Bytes of a row of `hidden` elements as dispatch sends it: FP8 with one fp32 scale per 128 elements where
/// the products are FP8, else 2-byte elements.
double dispatch_bytes(double hidden, hw::gpu::Precision precision);

/// Bytes of a row as combine sends it back: 2-byte elements.
double combine_bytes(double hidden);

/// Adds the kernel that sends one message per row: its start, then the longer of what NVLink and what the
/// network takes, which run side by side. Throws InputError where the GPU has no such link.
hw::gpu::Kernel& add_exchange(hw::gpu::Program& program, const char* name, const Exchange& exchange,
                              const hw::gpu::Constants& constants);

} // namespace moesaic::mappings::gpu
