// A CSV trace of any bytes, for a layer with groups. What is read must obey the layer's rule.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "description/error.hpp"
#include "workloads/trace_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moesaic::workloads;
  MoeLayer layer;
  layer.hidden = layer.expert_ffn = layer.layers = 8;
  layer.routed = 8;
  layer.router.top_k = 2;
  layer.router.groups = 4;
  layer.router.kept_groups = 2;
  layer.router.group_score = GroupScore::sum_of_top_2;
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  try {
    for (const auto& routing : read_trace_csv(in, "trace.csv", layer).layers)
      for (int t = 0; t < routing.tokens; ++t)
        if (!trace_defect(layer, &routing.expert[static_cast<std::size_t>(2 * t)],
                          &routing.weight[static_cast<std::size_t>(2 * t)])
                 .empty())
          __builtin_trap();
  } catch (const moesaic::InputError&) {
  }
  return 0;
}
