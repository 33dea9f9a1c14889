#include "workloads/trace_file.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

namespace {

constexpr int piece = 65536; ///< tokens read at a time

Trace read_trace_hdf5(const std::string& file, const MoeLayer& layer) {
  Trace trace;
  stream_trace(file, layer, piece, [&](int index, std::int64_t, const Routing& batch) {
    if (static_cast<std::size_t>(index) == trace.layers.size())
      trace.layers.push_back({0, batch.top_k, batch.experts, {}, {}});
    Routing& whole = trace.layers.back();
    whole.tokens += batch.tokens;
    whole.expert.insert(whole.expert.end(), batch.expert.begin(), batch.expert.end());
    whole.weight.insert(whole.weight.end(), batch.weight.begin(), batch.weight.end());
  });
  return trace;
}

} // namespace

TraceKind trace_kind(const std::string& file) {
  const auto extension = std::filesystem::path(file).extension();
  if (extension == ".h5" || extension == ".hdf5")
    return TraceKind::hdf5;
  if (extension == ".csv")
    return TraceKind::csv;
  throw InputError(fmt::format("{}: a trace is an .h5, .hdf5 or .csv file", file));
}

std::string trace_defect(const MoeLayer& layer, const std::int32_t* expert, const float* weight) {
  const int top_k = layer.router.top_k, width = layer.routed / layer.router.groups;
  std::vector<int> groups;
  for (int j = 0; j < top_k; ++j) {
    const int e = expert[j];
    const int least = layer.router.capacity_factor > 0 ? -1 : 0; // -1: dropped over capacity
    if (e < least || e >= layer.routed)
      return fmt::format("expert {} is out of range, expected {} to {}", e, least, layer.routed - 1);
    if (!(weight[j] >= 0) || !std::isfinite(weight[j]))
      return fmt::format("the weight of expert {} is not 0 or more", e);
    if (e < 0)
      continue;
    if (std::find(expert, expert + j, e) != expert + j)
      return fmt::format("expert {} is chosen twice", e);
    if (std::find(groups.begin(), groups.end(), e / width) == groups.end())
      groups.push_back(e / width);
  }
  if (static_cast<int>(groups.size()) > layer.router.kept_groups)
    return fmt::format("the choices lie in {} groups, at most {} are kept", groups.size(),
                       layer.router.kept_groups);
  return "";
}

Trace read_trace(const std::string& file, const MoeLayer& layer) {
  check_rule(layer.router, layer.routed);
  if (trace_kind(file) == TraceKind::hdf5)
    return read_trace_hdf5(file, layer);
  std::ifstream in(file);
  if (!in || !std::filesystem::is_regular_file(file))
    throw InputError(file + ": cannot be read");
  return read_trace_csv(in, file, layer);
}

Routing read_trace_layer(const std::string& file, const MoeLayer& layer, int index, int tokens) {
  Routing start{0, layer.router.top_k, layer.routed, {}, {}};
  int layers = 0;
  const auto take = [&](int at, std::int64_t, const Routing& batch) {
    layers = at + 1;
    if (at != index)
      return;
    const int count = std::min(batch.tokens, tokens - start.tokens);
    const auto choices = static_cast<std::ptrdiff_t>(count) * batch.top_k;
    start.tokens += count;
    start.expert.insert(start.expert.end(), batch.expert.begin(), batch.expert.begin() + choices);
    start.weight.insert(start.weight.end(), batch.weight.begin(), batch.weight.begin() + choices);
  };
  if (trace_kind(file) == TraceKind::hdf5) {
    stream_trace(file, layer, piece, take);
  } else {
    const Trace trace = read_trace(file, layer);
    for (std::size_t l = 0; l < trace.layers.size(); ++l)
      take(static_cast<int>(l), 0, trace.layers[l]);
  }
  if (index < 0 || index >= layers)
    throw InputError(fmt::format("{}: layer {} is out of range, the trace holds {}", file, index, layers));
  return start;
}

} // namespace moesaic::workloads
