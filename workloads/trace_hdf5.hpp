// How a routing trace lies in an HDF5 file, for its reader and its writer. The format is described in
// docs/traces.md.
#pragma once

#include <string>

#include <fmt/format.h>

namespace moesaic::workloads::trace_hdf5 {

constexpr const char* format_name = "moesaic routing trace";
constexpr int format_version = 1, most_layers = 1024;

inline std::string layer_path(int layer, const char* dataset) {
  return fmt::format("layer_{}/{}", layer, dataset);
}

} // namespace moesaic::workloads::trace_hdf5
