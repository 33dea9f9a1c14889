#include "workloads/trace_file.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

namespace {

enum class Kind { hdf5, csv };

Kind kind_of(const std::string& file) {
  const auto extension = std::filesystem::path(file).extension();
  if (extension == ".h5" || extension == ".hdf5")
    return Kind::hdf5;
  if (extension == ".csv")
    return Kind::csv;
  throw InputError(fmt::format("{}: a trace is an .h5, .hdf5 or .csv file", file));
}

void write_csv(std::ostream& out, const Trace& trace) {
  out << "layer,token,expert,weight\n";
  for (std::size_t l = 0; l < trace.layers.size(); ++l) {
    const Routing& r = trace.layers[l];
    for (int t = 0; t < r.tokens; ++t)
      for (int j = 0; j < r.top_k; ++j)
        out << fmt::format("{},{},{},{:.9g}\n", l, t, r.expert_of(t, j), r.weight_of(t, j));
  }
}

Trace read_trace_hdf5(const std::string& file, const MoeLayer& layer) {
  Trace trace;
  stream_trace(file, layer, 65536, [&](int index, std::int64_t, const Routing& batch) {
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
  if (kind_of(file) == Kind::hdf5)
    return read_trace_hdf5(file, layer);
  std::ifstream in(file);
  if (!in || !std::filesystem::is_regular_file(file))
    throw InputError(file + ": cannot be read");
  return read_trace_csv(in, file, layer);
}

void write_trace(const std::string& file, const Trace& trace) {
  if (trace.layers.empty())
    throw InputError(file + ": a trace without layers is not written");
  if (kind_of(file) == Kind::csv) {
    const std::string unfinished = file + ".part";
    std::ofstream out(unfinished);
    write_csv(out, trace);
    out.close();
    std::error_code error;
    if (out)
      std::filesystem::rename(unfinished, file, error);
    if (!out || error) {
      std::filesystem::remove(unfinished, error);
      throw InputError(file + ": cannot be written");
    }
    return;
  }
  const Routing& first = trace.layers.front();
  TraceWriter writer(file, static_cast<int>(trace.layers.size()), first.experts, first.top_k);
  for (std::size_t l = 0; l < trace.layers.size(); ++l)
    writer.append(static_cast<int>(l), trace.layers[l]);
  writer.finish();
}

} // namespace moesaic::workloads
