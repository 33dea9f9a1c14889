// Networks that the tests of NIR graphs share.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/mappings/neuromorphic/nir_builder.hpp"
#include "workloads/nir_hdf5.hpp"
#include "workloads/nir_network.hpp"

using Edges = std::vector<std::pair<std::string, std::string>>;

inline moesaic::workloads::NirNetwork network_of(NirBuilder& builder, const Edges& edges, double dt = 1e-3) {
  return moesaic::workloads::make_network(moesaic::workloads::read_nir_hdf5(builder.finish(edges)), dt);
}

inline moesaic::workloads::InputSteps constant(std::size_t steps, const std::vector<double>& value) {
  return moesaic::workloads::InputSteps(steps, value);
}

inline std::size_t index_of(const moesaic::workloads::NirNetwork& network, const std::string& name) {
  for (std::size_t i = 0; i < network.populations.size(); ++i)
    if (network.populations[i].name == name)
      return i;
  return network.populations.size();
}

inline std::vector<double> draw(std::mt19937_64& random, int count, double scale) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i)
    values.push_back((static_cast<double>(random() >> 11) * 0x1p-53 - 0.4) * scale);
  return values;
}

/// in(2 x 6 x 6) -> conv(4) -> LIF -> pool -> flatten -> affine -> CubaLIF with recurrence -> out.
inline moesaic::workloads::NirNetwork small_network() {
  std::mt19937_64 random(5);
  NirBuilder b;
  b.node("in", "Input").numbers("shape", {2, 6, 6});
  b.node("conv", "Conv2d").numbers("weight", draw(random, 4 * 2 * 9, 1), {4, 2, 3, 3}).numbers("bias", draw(random, 4, 0.1));
  b.numbers("stride", {1}).numbers("padding", {1}).numbers("dilation", {1}).numbers("groups", {1});
  b.node("lif", "LIF");
  for (const auto& [key, value] : std::vector<std::pair<const char*, double>>{{"tau", 0.01}, {"r", 4}, {"v_leak", 0.0}, {"v_threshold", 0.5}})
    b.numbers(key, std::vector<double>(144, value), {4, 6, 6});
  b.node("pool", "SumPool2d").numbers("kernel_size", {2, 2}).numbers("stride", {2, 2}).numbers("padding", {0, 0});
  b.node("flat", "Flatten").numbers("start_dim", {0}).numbers("end_dim", {-1});
  b.node("affine", "Affine").numbers("weight", draw(random, 10 * 36, 1), {10, 36}).numbers("bias", draw(random, 10, 0.1));
  b.node("cuba", "CubaLIF");
  for (const auto& [key, value] : std::vector<std::pair<const char*, double>>{
           {"tau_mem", 0.01}, {"tau_syn", 0.005}, {"r", 2}, {"v_leak", 0.0}, {"v_threshold", 0.4}, {"w_in", 1.0}})
    b.numbers(key, std::vector<double>(10, value));
  b.node("back", "Linear").numbers("weight", draw(random, 100, 0.5), {10, 10});
  b.node("out", "Output").numbers("shape", {10});
  return network_of(b, {{"in", "conv"}, {"conv", "lif"}, {"lif", "pool"}, {"pool", "flat"}, {"flat", "affine"},
                        {"affine", "cuba"}, {"cuba", "back"}, {"back", "cuba"}, {"cuba", "out"}});
}
