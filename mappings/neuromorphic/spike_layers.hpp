// Spiking feed-forward networks known by their shapes and by how often each layer spikes: for time and counts of
// published networks, without values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/neuromorphic/activity.hpp"
#include "hw/neuromorphic/chip.hpp"

namespace moesaic::mappings {

/// One layer of LIF neurons. A convolution's neurons stand column by column of the image, and each core holds whole columns;
/// the first layer has no synapses.
struct SpikeLayer {
  std::string name;
  int channels = 0, height = 1, width = 1;
  int kernel = 0; ///< side of a convolution's square kernel; 0: every neuron hears every one of the layer before
  int stride_down = 1, stride_across = 1, pad_down = 0, pad_across = 0;
  int columns_per_core = 0; ///< of a convolution; a fully connected layer is cut evenly over `cores`
  int cores = 1;
  double density = 1; ///< share of weights that are not zero: zeros take no operation
  std::vector<double> spikes; ///< of the whole layer, by time step of a cycle
  int neurons() const { return channels * height * width; }
};

/// Every neuron is visited in every step. Convolutions are held in that format, other layers as sparse rows; a spike goes to
/// the cores that hold synapses of it. Throws InputError when it does not fit the chip.
hw::Program make_spike_layers(const hw::Chip& chip, const std::string& name, const std::vector<SpikeLayer>& layers);

/// Each layer's spikes of a step, spread evenly over its neurons.
class LayerActivity : public hw::Activity {
 public:
  LayerActivity(const hw::Program& program, const std::vector<SpikeLayer>& layers) : program_(program), layers_(layers) {}
  void run(std::int32_t core, std::int64_t step, hw::Firing& firing) override;
  bool carries_values() const override { return false; }
  void receive(std::int32_t, std::int32_t, std::int32_t, std::uint32_t, std::int64_t) override {}

 private:
  const hw::Program& program_;
  const std::vector<SpikeLayer>& layers_;
};

} // namespace moesaic::mappings
