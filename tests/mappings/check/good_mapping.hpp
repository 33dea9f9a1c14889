// A small MoE layer on a few Loihi 2 chips, as the lowering maps it: valid, for tests to break.
#pragma once

#include <string>

#include <doctest/doctest.h>

#include "description/document.hpp"
#include "mappings/check/check_mapping.hpp"
#include "mappings/format/moe_mapping.hpp"

namespace moesaic::mappings {

struct GoodMapping {
  hw::Chip chip = hw::load_chip(Document::load(catalog_file("hw/catalog", "loihi2", "machine")));
  workloads::MoeLayer layer;
  MoePlan plan;
  hw::Program program;
  Mapping mapping;

  explicit GoodMapping(const MoeOptions& options = {}) {
    layer = workloads::load_moe_layer("reduced-moe");
    plan = plan_moe(chip, layer, options);
    // Smaller slices than memory asks for, so that there are several of each.
    plan.gate_up_cores = 4;
    plan.down_cores = 3;
    plan.grid_width = 3;
    plan.grid_height = 2;
    plan.hub_chips = 2;
    program = make_moe_program(chip, layer, plan);
    mapping = mapping_of(chip, layer, plan, program);
  }

  std::vector<Violation> check(const Mapping& m) const { return check_mapping(m, chip, layer); }
};

/// Index of the first core of a population.
inline std::int32_t core_of(const Mapping& m, const std::string& population) {
  for (std::size_t c = 0; c < m.cores.size(); ++c)
    if (m.populations[static_cast<std::size_t>(m.cores[c].population)].name == population)
      return static_cast<std::int32_t>(c);
  FAIL("no population " << population);
  return -1;
}

} // namespace moesaic::mappings
