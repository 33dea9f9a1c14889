#include "mappings/neuromorphic/static_moe.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/neuromorphic/moe_tables.hpp"
#include "mappings/neuromorphic/soma_instructions.hpp"

namespace moesaic::mappings {
namespace {

constexpr int bits = 8;

/// The router's scores, then every expert's rank and its gate: each core hears all scores, then all kept weights.
std::vector<ChipProduct> router_products(const workloads::MoeLayer& layer) {
  const int routed = layer.routed;
  return {{"router", layer.hidden, router_planes * routed, bits, router_planes,
           layer.router.score == workloads::Score::sigmoid ? router_instructions : logit_instructions},
          {"ranks", routed, routed, bits, 1, rank_instructions(layer.router, routed)},
          {"gates", routed, routed, bits, 1, gate_instructions(routed)}};
}

std::vector<ChipProduct> card_products(const workloads::MoeLayer& layer, int units, bool first) {
  std::vector<ChipProduct> products = first ? router_products(layer) : std::vector<ChipProduct>{};
  if (units > 0) {
    products.push_back({"gate and up", layer.hidden, 2 * units, bits, 2, swiglu_instructions + 2}); // times the gate
    products.push_back({"down", units, layer.hidden, bits, 1, 3});                                  // rescaled, added
  }
  return products;
}

/// The first limit that the products break on one card, or none.
std::string broken(const hw::Chip& chip, const std::vector<ChipProduct>& products) {
  for (const auto& product : products)
    if (const auto found = hw::violations(chip, product_program(chip, product)); !found.empty())
      return found.front();
  const auto bytes = static_cast<double>(core_bytes(chip, products));
  return bytes <= chip.memory.size.value ? ""
                                         : fmt::format("{:.0f} bytes of core memory needed, {:.0f} held, {:.0f} too many",
                                                       bytes, chip.memory.size.value, bytes - chip.memory.size.value);
}

/// Most units that a card holds.
int most_units(const hw::Chip& chip, const workloads::MoeLayer& layer, std::int64_t units, bool first) {
  int least = 0, most = static_cast<int>(std::min<std::int64_t>(units, 1 << 24));
  while (least < most) {
    const int middle = least + (most - least + 1) / 2;
    const bool fits = broken(chip, card_products(layer, middle, first)).empty();
    (fits ? least : most) = fits ? middle : middle - 1;
  }
  return least;
}

} // namespace

std::int64_t core_bytes(const hw::Chip& chip, const std::vector<ChipProduct>& products) {
  // Cores of a product hold equal slices but for one result, and the same cores may hold the larger ones each time. The
  // core that all inputs come from holds the longest of them.
  std::int64_t held = 0, input = 0;
  const auto schedule = static_cast<std::int64_t>(chip.memory.program.value);
  for (const auto& product : products) {
    const hw::Program program = product_program(chip, product);
    std::int64_t most = 0;
    for (std::size_t i = 1; i < program.cores.size(); ++i)
      most = std::max(most, hw::memory_use(chip, program, program.cores[i]).total());
    held += most - schedule;
    input = std::max(input, hw::memory_use(chip, program, program.cores[0]).total());
  }
  return std::max(held + schedule, input);
}

StaticMoe plan_static_moe(const hw::Chip& chip, const workloads::MoeLayer& layer) {
  if (!chip.static_schedule)
    throw InputError(fmt::format("{}: a chain of cards that computes all experts is not supported: the description has no "
                                 "static schedule", chip.title));
  StaticMoe plan;
  plan.units = std::int64_t{layer.routed + layer.shared} * layer.expert_ffn;
  const int of_first = most_units(chip, layer, plan.units, true);
  const int of_further = of_first == plan.units ? of_first : most_units(chip, layer, plan.units, false);
  if (of_first < 1 || of_further < 1)
    throw InputError(fmt::format("{} does not fit {}: {}", layer.name, chip.title,
                                 broken(chip, card_products(layer, 1, true))));
  plan.cards = 1 + static_cast<int>((plan.units - of_first + of_further - 1) / of_further);
  plan.first_units = static_cast<int>(plan.units);
  if (plan.cards > 1) {
    // As even as can be with further cards all alike; the first one takes what is left.
    const std::int64_t further = plan.cards - 1;
    plan.card_units = static_cast<int>(std::max((plan.units + plan.cards - 1) / plan.cards,
                                                (plan.units - of_first + further - 1) / further));
    while (plan.units <= further * plan.card_units)
      --plan.card_units;
    plan.first_units = static_cast<int>(plan.units - further * plan.card_units);
  }
  plan.first = card_products(layer, plan.first_units, true);
  plan.further = card_products(layer, plan.card_units, false);
  plan.last_hand_over = std::int64_t{layer.hidden} * chip.accumulator_bits / chip.payload_bits;
  plan.hand_over = layer.hidden + plan.last_hand_over + layer.routed;
  return plan;
}

std::string describe(const StaticMoe& plan, const hw::Chip& chip, const workloads::MoeLayer& layer) {
  const double held = 3.0 * layer.hidden * std::max(plan.first_units, plan.card_units),
               size = chip.cores * chip.memory.size.value;
  return fmt::format("{}: {} card{} in a chain, each with up to {} of the {} inner units of {} experts ({:.1f} of {:.1f} MB "
                     "are their weights, the fullest core at {:.0f} %), the router on the first",
                     layer.name, plan.cards, plan.cards == 1 ? "" : "s", std::max(plan.first_units, plan.card_units), plan.units,
                     layer.routed + layer.shared, held * 1e-6, size * 1e-6,
                     100.0 * static_cast<double>(std::max(core_bytes(chip, plan.first), core_bytes(chip, plan.further))) /
                         chip.memory.size.value);
}

} // namespace moesaic::mappings
