// DeepEP's dispatch and combine, and DeepSeek's network bound, beside the exchange model.
#include <fmt/format.h>

#include "hw/gpu/description.hpp"
#include "mappings/gpu/exchange.hpp"
#include "sim/validation/gpu.hpp"

namespace moesaic::sim {

using hw::gpu::Constants;
using hw::gpu::Precision;
using hw::gpu::Program;
using mappings::gpu::Exchange;
using results::ValidationRow;

namespace {

constexpr double tokens = 128, top_k = 8, hidden = 7168; // of the published table

Constants h800() {
  return hw::gpu::read_description(Document::load(catalog_file("hw/catalog", "h800", "machine")))
      .constants(0);
}

double seconds_of(const Exchange& exchange, const Constants& c) {
  Program program;
  add_exchange(program, "exchange", exchange, c);
  return program_cost(program, c).seconds;
}

} // namespace

void validate_exchange(const Node& root, std::vector<ValidationRow>& rows) {
  Constants c = h800();
  c.layer_scatter = 1;
  static const char* const group = "H800, dispatch and combine (fitted: the start of a dispatch, at 8 ranks)";
  for (const Node& item : root.at("exchange").items()) {
    const double ranks = double(item.at("ranks").integer_in(2, 1 << 16));
    const auto add = [&](const char* what, double bytes, bool fitted) {
      const Figure published = item.figure(what, dimension::time);
      rows.push_back({group, fmt::format("{} over {} ranks", what, ranks), "us",
                      seconds_of({tokens * top_k, bytes, ranks}, c) * 1e6, published.value * 1e6,
                      published.source, fitted});
    };
    add("dispatch", mappings::gpu::dispatch_bytes(hidden, Precision::fp8_block),
        item.boolean_or("fitted", false));
    add("combine", mappings::gpu::combine_bytes(hidden), false);
  }
  const Node bound = root.at("network_bound");
  c.dispatch_launch = c.network_latency = 0;
  const double width = double(bound.at("hidden").integer()),
               sent = double(bound.at("tokens").integer() * bound.at("experts").integer());
  constexpr double far = 1e9; // ranks, none of them near
  const double both = seconds_of({sent, mappings::gpu::dispatch_bytes(width, Precision::fp8_block), far}, c) +
                      seconds_of({sent, mappings::gpu::combine_bytes(width), far}, c);
  const Figure time = bound.figure("time", dimension::time);
  rows.push_back({"DeepSeek-V3, network alone", "time per output token at least (ours with block scales)",
                  "ms", 2 * double(bound.at("layers").integer()) * both * 1e3, time.value * 1e3, time.source,
                  false});
}

} // namespace moesaic::sim
