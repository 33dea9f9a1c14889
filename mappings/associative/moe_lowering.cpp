#include "mappings/associative/moe_lowering.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/moe_core.hpp"
#include "mappings/associative/moe_router.hpp"
#include "workloads/expert_balance.hpp"

namespace moesaic::mappings::associative {

int tokens_per_pass(const hw::associative::Description& d, const MoeLayout& layout, int resident) {
  const int wanted = moe_slots(layout, resident).accumulator, left = d.l1_slots - wanted;
  if (left < 2)
    throw InputError(fmt::format("{}: L1 overflows: {} slots wanted, {} there, {} missing", d.title, wanted + 2, d.l1_slots,
                                 2 - left));
  return left / 2;
}

namespace {

/// What each core has to do for these tokens.
std::vector<CoreItems> core_items(const hw::associative::Description& d, const workloads::MoeLayer& layer,
                                  const workloads::Routing& routing, const CardWork& work) {
  const MoeLayout layout = work_layout(d, layer, work);
  std::vector<int> load = routing.load();
  load.resize(static_cast<std::size_t>(layer.routed), 0);
  load.insert(load.end(), static_cast<std::size_t>(layer.shared), routing.tokens);
  load.resize(std::max(load.size(), work.replicas.size()), 0);
  std::vector<CoreItems> all;
  for (const auto& items : work.cores) {
    all.emplace_back();
    std::int64_t offset = 0, slot = 0;
    for (const MoeItem& item : items) {
      std::int64_t& place = item.resident ? slot : offset;
      const auto e = static_cast<std::size_t>(item.expert);
      all.back().push_back({workloads::served_tokens(load[e], work.replicas[e], item.replica), place, item.resident});
      place += item.resident ? item_slots(layout) : layout.expert_bytes();
    }
  }
  return all;
}

Program empty_program(const hw::associative::Description& d, const workloads::MoeLayer& layer) {
  Program program;
  program.name = layer.name;
  program.title = layer.title;
  program.cores = d.cores;
  return program;
}

/// Adds one stage of passes to every core's program, or the whole; `parts`: the tokens of each pass.
CardProgram lower(const hw::associative::Description& d, const workloads::MoeLayer& layer, const CardWork& work,
                  const std::vector<workloads::Routing>& parts) {
  std::vector<std::vector<CoreItems>> passes; // by core and pass
  for (const auto& part : parts) {
    const auto items = core_items(d, layer, part, work);
    passes.resize(items.size());
    for (std::size_t c = 0; c < items.size(); ++c)
      passes[c].push_back(items[c]);
  }
  CardProgram card;
  std::map<std::vector<CoreItems>, std::size_t> known;
  for (const auto& core : passes) {
    const auto [at, made] = known.try_emplace(core, card.programs.size());
    card.of_core.push_back(at->second);
    if (!made)
      continue;
    Program program = empty_program(d, layer);
    for (std::size_t p = 0, first = 0; p < parts.size(); ++p) {
      const int tokens = parts[p].tokens;
      const std::string name = parts.size() == 1 ? "" : fmt::format("tokens {} to {}", first, first + static_cast<std::size_t>(tokens) - 1);
      auto regions = std::move(program.regions);
      program.regions.clear();
      lower_core(d, layer, work, {core[p], tokens, name, p == 0}, program);
      for (const auto& [region, bytes] : regions)
        program.regions[region] = std::max(program.regions[region], bytes);
      first += static_cast<std::size_t>(tokens);
    }
    card.programs.push_back(std::move(program));
  }
  return card;
}

} // namespace

CardProgram lower_moe(const hw::associative::Description& d, const workloads::MoeLayer& layer,
                      const workloads::Routing& routing, const CardWork& work) {
  return lower(d, layer, work, {routing});
}

CardProgram lower_moe_in_passes(const hw::associative::Description& d, const workloads::MoeLayer& layer,
                                const workloads::Routing& routing, const CardWork& work) {
  const MoeLayout layout = work_layout(d, layer, work);
  const int most = tokens_per_pass(d, layout, resident_slots(layout, work));
  const int passes = (routing.tokens + most - 1) / most;
  std::vector<workloads::Routing> parts;
  for (int pass = 0, first = 0; pass < passes; ++pass) {
    const int tokens = (routing.tokens - first) / (passes - pass); // even shares, the larger ones last
    parts.push_back(routing.part(first, tokens));
    first += tokens;
  }
  return lower(d, layer, work, parts);
}

} // namespace moesaic::mappings::associative
