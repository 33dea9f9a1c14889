#include "sim/resident_model.hpp"

#include <algorithm>
#include <cmath>

#include "results/verdict.hpp"

namespace moesaic::sim {

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
