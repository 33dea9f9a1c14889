// ResNet-50 on one card of NorthPole: layer after layer, each over all cores.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "mappings/neuromorphic/decoder_cards.hpp"
#include "sim/validation/chips.hpp"

namespace moesaic::sim {

namespace {

struct Convolution {
  int in = 0, out = 0, side = 0; ///< channels, and side of the square output
  int kernel = 1, stride = 1;
};

/// The 54 products of ResNet-50 (He et al. 2016, the stride of a stage in its 3 x 3 convolutions): 4.09 G MAC for 224 x 224.
std::vector<Convolution> resnet50() {
  std::vector<Convolution> layers = {{3, 64, 112, 7, 2}};
  int in = 64, side = 56;
  const int blocks[] = {3, 4, 6, 3};
  for (int stage = 0; stage < 4; ++stage) {
    const int middle = 64 << stage, out = 4 * middle;
    for (int block = 0; block < blocks[stage]; ++block) {
      const int stride = stage > 0 && block == 0 ? 2 : 1;
      layers.push_back({in, middle, side, 1, 1});
      side /= stride;
      layers.push_back({middle, middle, side, 3, stride});
      layers.push_back({middle, out, side, 1, 1});
      if (block == 0)
        layers.push_back({in, out, side, 1, stride});
      in = out;
    }
  }
  layers.push_back({2048, 1000, 1, 1, 1});
  return layers;
}

/// A core's part of a layer: places of the image, some of the channels there, and what they need of the layer before.
struct Share {
  int places = 0, channels = 0, inputs = 0;
  double operations = 0, seconds = 0;
};

/// With `split` cores for the channels of each place.
Share share_of(const hw::Chip& chip, const Convolution& layer, int split) {
  Share share;
  share.places = (layer.side * layer.side * split + chip.cores - 2) / (chip.cores - 1);
  share.channels = (layer.out + split - 1) / split;
  const double edge = std::sqrt(static_cast<double>(share.places)) * layer.stride + layer.kernel - layer.stride;
  share.inputs = std::max(1, static_cast<int>(edge * edge * layer.in));
  share.operations = static_cast<double>(share.places) * share.channels * layer.in * layer.kernel * layer.kernel;
  share.seconds = share.operations * chip.synapse_convolution.latency.value + share.inputs * chip.axon_in.latency.value;
  return share;
}

/// The cut by which operations and inputs take least time. An input comes in once and meets all its weights; the cores'
/// shares are alike, so one source stands for all.
hw::Program layer_program(const hw::Chip& chip, const Convolution& layer) {
  Share share = share_of(chip, layer, 1);
  for (int split = 2; split <= std::min(layer.out, chip.cores - 1); ++split)
    if (const Share other = share_of(chip, layer, split); other.seconds < share.seconds)
      share = other;
  mappings::ChipProduct product{"layer", share.inputs, share.places * share.channels * (chip.cores - 1), 8};
  hw::Program program = mappings::product_program(chip, product);
  auto rows = std::make_shared<hw::SparseRows>();
  double due = 0;
  for (int r = 0; r < share.inputs; ++r) {
    due += share.operations / share.inputs;
    const auto whole = static_cast<std::uint32_t>(due);
    due -= whole;
    rows->begin.push_back(0);
    rows->end.push_back(whole);
    rows->base.push_back(0);
  }
  for (auto& table : program.tables) {
    table.format = hw::SynapseFormat::convolution;
    table.sparse = rows;
    table.kernel_weights = share.channels * layer.in * layer.kernel * layer.kernel;
  }
  return program;
}

} // namespace

FrameCost resnet50_frame(hw::Chip chip, int bits) {
  // The multipliers do twice as many operations per cycle at half the bits.
  chip.synapse_convolution.latency.value *= bits / 8.0;
  chip.synapse_convolution.energy.value *= bits / 8.0;
  std::map<std::array<int, 5>, int> shapes; // how many layers are alike
  for (const Convolution& layer : resnet50())
    ++shapes[{layer.in, layer.out, layer.side, layer.kernel, layer.stride}];
  FrameCost frame;
  for (const auto& [shape, layers] : shapes) {
    const Convolution layer{shape[0], shape[1], shape[2], shape[3], shape[4]};
    const hw::Program program = layer_program(chip, layer);
    hw::ScriptedActivity activity(program, {});
    const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1);
    frame.seconds += layers * run.seconds;
    frame.joules += layers * (joules_of(chip, program, run) - chip.static_power.value * run.seconds);
    frame.operations +=
        static_cast<double>(layers) * layer.in * layer.out * layer.side * layer.side * layer.kernel * layer.kernel;
  }
  return frame;
}

} // namespace moesaic::sim
