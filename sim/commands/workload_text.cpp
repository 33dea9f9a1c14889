#include "sim/commands/workload_text.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/error.hpp"
#include "workloads/json_file.hpp"
#include "workloads/request.hpp"
#include "workloads/trace_file.hpp"

namespace moesaic::sim {

using workloads::MoeLayer;

namespace {

std::string router_text(const workloads::RouterRule& rule) {
  static const char* const scores[] = {"sigmoid", "softmax", "softmax over the chosen"};
  static const char* const group_scores[] = {"", "maximum", "sum of the top 2"};
  std::string text = fmt::format("top {} by {}", rule.top_k, scores[static_cast<int>(rule.score)]);
  if (rule.bias)
    text += " with bias correction";
  if (rule.groups > 1)
    text += fmt::format(", in {} of {} groups ranked by {}", rule.kept_groups, rule.groups,
                        group_scores[static_cast<int>(rule.group_score)]);
  if (rule.normalise)
    text += ", weights normalised";
  if (rule.scale != 1)
    text += fmt::format(", scaled by {}", rule.scale);
  if (rule.capacity_factor > 0)
    text += fmt::format(", capacity factor {}", rule.capacity_factor);
  return text;
}

/// Experts sorted by load, in at most 32 bars of equal width.
std::string histogram(std::vector<int> load) {
  std::sort(load.begin(), load.end(), std::greater<>());
  const std::size_t bars = std::min<std::size_t>(32, load.size());
  const double mean = std::accumulate(load.begin(), load.end(), 0.0) / static_cast<double>(load.size());
  const double most = std::max(1, load.front());
  std::string text;
  for (std::size_t bar = 0; bar < bars; ++bar) {
    const std::size_t first = bar * load.size() / bars, last = (bar + 1) * load.size() / bars;
    const double average =
        std::accumulate(load.begin() + first, load.begin() + last, 0.0) / double(last - first);
    text += fmt::format("  experts {:3} to {:3}  {:8.1f}  {}\n", first, last - 1, average,
                        std::string(static_cast<std::size_t>(60 * average / most + 0.5), '#'));
  }
  return text + fmt::format("  mean {:.2f}, largest {} ({:.1f} times the mean), idle experts {}\n", mean,
                            load.front(), load.front() / mean, std::count(load.begin(), load.end(), 0));
}

bool described(const std::string& file) {
  return file.size() > 5 && file.compare(file.size() - 5, 5, ".yaml") == 0;
}

/// What each block of the file rests on, and the sources.
std::string source_text(const Document& document) {
  std::string text = fmt::format("\n{:10} {:20} {:10} {}\n", "block", "source", "confidence", "note");
  for (const char* block : {"model", "layer", "router", "trace"})
    if (const auto node = document.root().find(block))
      text += fmt::format("{:10} {:20} {:10} {}\n", block, node->text_or("source", ""),
                          node->text_or("confidence", ""), node->text_or("note", ""));
  for (const auto& [key, source] : document.sources())
    text += fmt::format("  {}: {}; {}\n", key, source.title, source.where);
  return text;
}

std::string load_text(const MoeLayer& layer, const ShownLoads& loads) {
  if (loads.trace.empty()) {
    const auto routing = workloads::make_trace(layer, loads.tokens, loads.seed);
    return fmt::format("\nexpert loads over {} tokens (seed {}, bounded Pareto, alpha {}), most loaded first\n",
                       loads.tokens, loads.seed, layer.load_alpha) +
           histogram(routing.load());
  }
  const auto routing = workloads::read_trace_layer(loads.trace, layer, loads.trace_layer, 1 << 28);
  return fmt::format("\nexpert loads over {} tokens (layer {} of {}), most loaded first\n", routing.tokens,
                     loads.trace_layer, loads.trace) +
         histogram(routing.load());
}

std::string layer_text(const std::string& name_or_file, const ShownLoads& loads) {
  const MoeLayer layer = workloads::load_moe_layer(name_or_file);
  std::string text = fmt::format("{}: {}\n", layer.name, layer.title);
  text += fmt::format("  layers         {} of {} are MoE\n", layer.moe_layers(), layer.layers);
  if (layer.total_parameters > 0)
    text += fmt::format("  parameters     {:.4g} G, {:.3g} G active per token\n", layer.total_parameters / 1e9,
                        layer.active_parameters / 1e9);
  text += fmt::format("  hidden         {}\n  expert FFN     {}\n", layer.hidden, layer.expert_ffn);
  text += fmt::format("  experts        {} routed + {} shared, {:.2f} M weights each\n", layer.routed,
                      layer.shared, static_cast<double>(layer.expert_weights()) / 1e6);
  text += fmt::format("  layer weights  {:.2f} G, of which {:.2f} % are used per token\n",
                      static_cast<double>(layer.expert_weights()) * (layer.routed + layer.shared) / 1e9,
                      100.0 * (layer.router.top_k + layer.shared) / (layer.routed + layer.shared));
  text += "  router         " + router_text(layer.router) + "\n";
  const std::string file = catalog_file("workloads/catalog", name_or_file, "workload");
  if (described(file))
    text += source_text(Document::load(file));
  return text + load_text(layer, loads);
}

} // namespace

std::string workload_text(const std::string& name_or_file, const ShownLoads& loads) {
  const std::string file = catalog_file("workloads/catalog", name_or_file, "workload");
  const std::string kind = workloads::workload_kind(name_or_file);
  if (kind == "moe")
    return layer_text(name_or_file, loads);
  if (!loads.trace.empty() && kind != "request")
    throw InputError(fmt::format("--trace: {} is of kind {}, which routes nothing", name_or_file, kind));
  const std::string text = fmt::format("{}\n\n{}", file, workloads::read_text_file(file));
  if (kind != "request")
    return text;
  return text + "\n" + layer_text(Document::load(file).root().at("model").text(), loads);
}

} // namespace moesaic::sim
