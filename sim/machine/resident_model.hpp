// What it costs to keep a whole model's weights at hand, when one layer is what is simulated.
#pragma once

#include "results/record.hpp"
#include "workloads/moe_layer.hpp"

namespace moesaic::sim {

/// Adds what the model's other MoE layers cost while this one works: the chips that hold all layers' weights
/// stay powered. `layer_chips` hold one layer (a fraction where a chip holds several), `watts` is what a chip
/// takes when it does nothing. Chips that hold attention, embeddings and caches are left out, on every machine
/// alike.
void add_resident_model(const workloads::MoeLayer& layer, double layer_chips, double watts,
                        results::RunRecord& record);

/// Adds the statistics that the report page's roofline takes: the layer's useful multiplies and adds, two a weight and
/// token, and the bytes of memory traffic (`meaning` says which); 0 bytes: one for each weight used by a token.
void add_roofline_point(const workloads::MoeLayer& layer, double memory_bytes, const char* meaning,
                        results::RunRecord& record);

} // namespace moesaic::sim
