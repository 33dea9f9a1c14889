// What drives a spiking network: values per step and input channel, read from files or drawn.
#pragma once

#include <cstdint>
#include <string>

#include "workloads/nir_network.hpp"

namespace moesaic::workloads {

struct SpikeInputOptions {
  int channels = 0;
  double dt = 1e-3;  ///< seconds per step
  int steps = 0;     ///< 0: as many as the input has
  std::uint64_t seed = 1;
};

/// `source`: a .csv of time (seconds), channel and optionally value (else 1) per line; a .npy or HDF5 (dataset `data`, or the
/// file's only one) of steps x channels; or poisson:HERTZ, the same rate on all channels, which needs steps. Throws
/// InputError naming the place.
InputSteps load_spike_input(const std::string& source, const SpikeInputOptions& options);

} // namespace moesaic::workloads
