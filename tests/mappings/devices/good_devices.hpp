// A small MoE layer on cards and on GPUs: valid mappings, for tests to break.
#pragma once

#include <string>

#include <doctest/doctest.h>

#include "description/document.hpp"
#include "description/override.hpp"
#include "mappings/devices/card_mapping.hpp"
#include "mappings/devices/check_cards.hpp"
#include "mappings/devices/check_gpus.hpp"
#include "mappings/devices/gpu_mapping.hpp"

namespace moesaic::mappings {

struct GoodDevices {
  workloads::MoeLayer layer = workloads::load_moe_layer("reduced-moe"); // 16 experts and a shared one, 256 x 128
  hw::associative::Description card =
      hw::associative::read_description(Document::load(catalog_file("hw/catalog", "gemini1", "machine")));
  hw::associative::OperationSet operations{card, Corner::nominal};
  hw::gpu::Description gpu = hw::gpu::read_description(Document::load(catalog_file("hw/catalog", "h200", "machine")));
  workloads::Routing trace = workloads::make_trace(layer, 1, 1);

  GoodDevices() { gpu.ranks = 4; }

  DeviceMapping on_cards(const CardOptions& options = {2, false}) const { return even_card_mapping(card, layer, options); }
  DeviceMapping on_gpus() const { return named(even_gpu_mapping(layer, 4, 8)); }
  static DeviceMapping named(DeviceMapping mapping) {
    mapping.machine = "4xh200";
    return mapping;
  }
  std::vector<Violation> check(const DeviceMapping& mapping) const {
    return mapping.kind == DeviceKind::gpu ? check_gpu_mapping(mapping, gpu, layer)
                                           : check_card_mapping(mapping, operations, layer, trace);
  }
  void expect_valid(const DeviceMapping& mapping) const {
    for (const Violation& v : check(mapping))
      FAIL_CHECK(to_text(v));
  }
};

inline DeviceSlice& slice_of(DeviceMapping& m, std::int32_t expert, Projection projection, std::int32_t nth = 0) {
  for (DeviceSlice& s : m.slices)
    if (s.expert == expert && s.projection == static_cast<std::int32_t>(projection) && nth-- == 0)
      return s;
  FAIL("no slice");
  return m.slices.front();
}

} // namespace moesaic::mappings
