#include "sim/machine/resident_model.hpp"

#include <algorithm>
#include <cmath>

#include "results/verdict.hpp"

namespace moesaic::sim {

void add_roofline_point(const workloads::MoeLayer& layer, double memory_bytes, const char* meaning,
                        results::RunRecord& record) {
  const double experts = static_cast<double>(layer.expert_weights()) * (layer.router.top_k + layer.shared);
  const double router = double(layer.hidden) * layer.routed;
  const double operations = 2 * record.tokens * (experts + router);
  record.statistics.push_back({"operations", "op", "total", "useful multiplies and adds", operations});
  record.statistics.push_back(
      {"memory_bytes", "B", "total", meaning, memory_bytes > 0 ? memory_bytes : operations / 2});
}

void add_resident_model(const workloads::MoeLayer& layer, double layer_chips, double watts,
                        results::RunRecord& record) {
  const auto own = static_cast<double>(record.chips);
  const double chips = std::max(own, std::ceil(std::max(1, layer.moe_layers()) * layer_chips));
  const double others = chips - own;
  record.statistics.push_back({results::model_chips, "chips", "total",
                               "chips that hold the weights of all MoE layers of the model", chips});
  record.statistics.push_back({results::model_joules, "J", "total",
                               "energy of this batch in this layer, with the idle power of the chips that "
                               "hold the model's other MoE layers",
                               record.joules.nominal + others * watts * record.seconds.nominal});
}

} // namespace moesaic::sim
