#include "workloads/trace_file.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/hand_over.hpp"
#include "workloads/trace_hdf5.hpp"

namespace moesaic::workloads {

namespace {

constexpr int piece = 65536; ///< tokens read at a time

/// What a process of its own reads of an HDF5 trace: how many layers there are, and those asked for.
struct PartOfTrace {
  std::uint64_t layers = 0;
  Trace trace;
};

/// Layer `index` (or each, -1) up to `tokens` tokens. All of the file is checked.
PartOfTrace read_part(const std::string& file, const MoeLayer& layer, int index, int tokens) {
  PartOfTrace part;
  stream_trace(file, layer, piece, [&](int at, std::int64_t first, const Routing& batch) {
    part.layers = static_cast<std::uint64_t>(at) + 1;
    if (index >= 0 && at != index)
      return;
    if (first == 0)
      part.trace.layers.push_back({0, batch.top_k, batch.experts, {}, {}});
    Routing& start = part.trace.layers.back();
    const int count = std::min(batch.tokens, tokens - start.tokens);
    const auto choices = static_cast<std::ptrdiff_t>(count) * batch.top_k;
    start.tokens += count;
    start.expert.insert(start.expert.end(), batch.expert.begin(), batch.expert.begin() + choices);
    start.weight.insert(start.weight.end(), batch.weight.begin(), batch.weight.begin() + choices);
  });
  return part;
}

/// The routing that comes; nothing in it is believed.
Routing take_routing(HandOver& in, const MoeLayer& layer) {
  Routing routing{0, layer.router.top_k, layer.routed, {}, {}};
  const auto top_k = static_cast<std::size_t>(layer.router.top_k);
  constexpr std::size_t most_tokens = 0x7fffffff;
  routing.expert = in.get_array<std::int32_t>(most_tokens * top_k);
  routing.weight = in.get_array<float>(most_tokens * top_k);
  if (routing.expert.empty() || routing.expert.size() % top_k != 0 || routing.weight.size() != routing.expert.size())
    throw std::runtime_error("choices that belong to no tokens");
  routing.tokens = static_cast<int>(routing.expert.size() / top_k);
  for (std::size_t at = 0; at < routing.expert.size(); at += top_k)
    if (!trace_defect(layer, &routing.expert[at], &routing.weight[at]).empty())
      throw std::runtime_error("choices that were not in it");
  return routing;
}

/// As read_part, in a process of its own: the HDF5 library crashes on some damaged files.
PartOfTrace read_part_apart(const std::string& file, const MoeLayer& layer, int index, int tokens) {
  PartOfTrace part;
  read_apart(
      file,
      [&] {
        const auto read = std::make_shared<PartOfTrace>(read_part(file, layer, index, tokens));
        return [read](HandOver& out) {
          out.put(read->layers);
          out.put(static_cast<std::uint64_t>(read->trace.layers.size()));
          for (const Routing& routing : read->trace.layers) {
            out.put(routing.expert);
            out.put(routing.weight);
          }
        };
      },
      [&](HandOver& in) {
        part.layers = in.get_count(trace_hdf5::most_layers);
        for (std::size_t left = in.get_count(trace_hdf5::most_layers); left > 0; --left)
          part.trace.layers.push_back(take_routing(in, layer));
      },
      patience(file));
  return part;
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
    return read_part_apart(file, layer, -1, std::numeric_limits<int>::max()).trace;
  std::ifstream in(file);
  if (!in || !std::filesystem::is_regular_file(file))
    throw InputError(file + ": cannot be read");
  return read_trace_csv(in, file, layer);
}

Routing read_trace_layer(const std::string& file, const MoeLayer& layer, int index, int tokens) {
  PartOfTrace part;
  if (trace_kind(file) == TraceKind::hdf5) {
    part = read_part_apart(file, layer, std::max(index, 0), tokens);
  } else {
    const Trace trace = read_trace(file, layer);
    part.layers = trace.layers.size();
    if (index >= 0 && index < static_cast<int>(part.layers)) {
      const Routing& whole = trace.layers[static_cast<std::size_t>(index)];
      part.trace.layers.push_back(whole.part(0, std::min(tokens, whole.tokens)));
    }
  }
  if (index < 0 || index >= static_cast<int>(part.layers) || part.trace.layers.empty())
    throw InputError(fmt::format("{}: layer {} is out of range, the trace holds {}", file, index, part.layers));
  return std::move(part.trace.layers.front());
}

} // namespace moesaic::workloads
