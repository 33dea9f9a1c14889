// Routing traces on disk: HDF5 for long ones, which are streamed, CSV for recorded ones from elsewhere. The
// formats are described in docs/traces.md.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <string>

#include "workloads/trace.hpp"

namespace moesaic::workloads {

enum class TraceKind { hdf5, csv };
/// By the file's extension; another one is an InputError.
TraceKind trace_kind(const std::string& file);

/// Reads a trace for `layer` from .h5, .hdf5 or .csv. Every id, weight and count is checked against the
/// layer: an expert out of range, one chosen twice by a token, a group limit broken, a token with too few
/// choices, a weight that is negative or no number, layers of different length are InputErrors with the line
/// (CSV) or the layer and token (HDF5). An HDF5 file is read in a process of its own, see hand_over.hpp.
Trace read_trace(const std::string& file, const MoeLayer& layer);

/// The first `tokens` tokens of layer `index`, fewer where the trace is shorter. All of the file is checked; of an
/// HDF5 trace no more is held in memory than what is returned, once more while it is handed over, and one piece.
Routing read_trace_layer(const std::string& file, const MoeLayer& layer, int index, int tokens);

/// CSV from a stream; `file` is for messages.
Trace read_trace_csv(std::istream& in, const std::string& file, const MoeLayer& layer);

/// Writes by the file's extension; the file appears whole or not at all.
void write_trace(const std::string& file, const Trace& trace);

/// Writes a trace piece by piece, in memory that does not grow with its length.
class TraceWriter {
 public:
  /// By the file's extension. `layers` numbered from 0, all with the same top_k and experts.
  TraceWriter(const std::string& file, int layers, int experts, int top_k);
  ~TraceWriter(); ///< an unfinished file is removed

  /// Further tokens of a layer; of a CSV trace layer after layer.
  void append(int layer, const Routing& routing);
  /// Gives the file its name. Throws InputError where it cannot be written.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Calls `visit(layer index, first token, batch)` for batches of at most `tokens` tokens of an HDF5 trace,
/// layer by layer, checked as by read_trace, in this process.
void stream_trace(const std::string& file, const MoeLayer& layer, int tokens,
                  const std::function<void(int, std::int64_t, const Routing&)>& visit);

/// Checks one token's choices against the layer. Returns what is wrong with them, or "".
std::string trace_defect(const MoeLayer& layer, const std::int32_t* expert, const float* weight);

} // namespace moesaic::workloads
