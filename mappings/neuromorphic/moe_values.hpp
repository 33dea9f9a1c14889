// Real numbers in a mapped MoE layer: int8 weights, integer payloads and accumulators, fixed-point soma
// programs.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/neuromorphic/activity.hpp"
#include "hw/neuromorphic/fixed_point.hpp"
#include "mappings/neuromorphic/moe_plan.hpp"
#include "mappings/neuromorphic/replicas.hpp"
#include "workloads/moe_bounds.hpp"

namespace moesaic::mappings {

/// A layer's numbers as the machine holds them, with all scales. Scales of activations are static: they are
/// set from the given hidden states and the reference's activations, as a calibration would.
struct HeldMoe {
  workloads::MoeLayer layer;
  double hidden_step = 0;                          ///< of a hidden state's payload
  std::int64_t hidden_most = 0;                    ///< its largest payload; hidden states beyond saturate
  std::vector<double> router_step;                 ///< per routed expert: weight = (128 * high + low) * step
  std::vector<std::int16_t> router;                ///< routed x hidden, 15 bits
  std::vector<float> router_bias;                  ///< per routed expert, or empty
  std::vector<workloads::QuantisedExpert> experts; ///< routed, then shared
  std::vector<double> inner_step;                  ///< of an expert's activated payload
  std::int64_t inner_most = 0;                     ///< its largest payload
};

constexpr int score_bits = hw::SigmoidTable::output_bits; ///< fraction of router scores
constexpr int weight_bits = 20;                           ///< fraction of combine weights
constexpr int product_bits = 20;                          ///< fraction of gate and up products
constexpr int output_bits = 20;                           ///< fraction of the layer's outputs

/// Payloads take at most `payload_bits` bits. Throws InputError for rules and activations whose soma programs
/// carry no values (only sigmoid scores with renormalised weights, and SwiGLU without biases, do).
HeldMoe hold_moe(const workloads::MoeLayer& layer, const workloads::MoeWeights& weights,
                 const workloads::Matrix& hidden, int payload_bits);

/// Puts the weights into the program's synapse tables, an expert's into each of its replicas.
void fill_weights(hw::Program& program, const HeldMoe& held, const Replicas& replicas = {});

/// Executes the arithmetic of a filled program.
class MoeValues : public hw::Activity {
 public:
  MoeValues(const hw::Program& program, const HeldMoe& held, const workloads::Matrix& hidden,
            ReplicaChoice replicas = {});
  void run(std::int32_t core, std::int64_t step, hw::Firing& firing) override;
  bool carries_values() const override { return true; }
  void receive(std::int32_t core, std::int32_t table, std::int32_t row, std::uint32_t payload,
               std::int64_t due) override;

  /// Per token: what was chosen (best first), and the layer's output.
  const std::vector<std::vector<std::int32_t>>& choices() const { return choices_; }
  const std::vector<std::vector<double>>& outputs() const { return outputs_; }

 private:
  struct Accumulators {
    std::vector<std::int64_t> due; ///< by slot: the step these are for
    std::vector<std::int32_t> sum; ///< slots x columns
  };
  const std::int32_t* sums(const hw::Core& core, int port, std::int64_t step);
  void router_scores(const hw::Core& core, const std::int32_t* sum, hw::Firing& firing) const;
  void choose(const std::int32_t* score, std::int64_t token, hw::Firing& firing);
  void swiglu(const hw::Core& core, const std::int32_t* sum, hw::Firing& firing) const;
  void weigh(const hw::Core& core, const std::int32_t* sum, std::int32_t weight, hw::Firing& firing) const;

  const hw::Program& program_;
  const HeldMoe& held_;
  const workloads::Matrix& hidden_;
  ReplicaChoice replicas_;
  hw::SigmoidTable sigmoid_;
  std::vector<Accumulators> accumulators_; ///< by table
  std::vector<std::int32_t> zeros_;
  std::vector<std::vector<std::int32_t>> choices_;
  std::vector<std::vector<double>> outputs_;
};

/// Each token's output as the machine may compute it, with a rigorous bound on its distance from the
/// reference.
std::vector<workloads::Approximation> bound_moe(const HeldMoe& held, const workloads::MoeWeights& weights,
                                                const workloads::Matrix& hidden,
                                                const workloads::MoeResult& reference);

} // namespace moesaic::mappings
