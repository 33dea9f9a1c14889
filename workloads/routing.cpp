#include "workloads/routing.hpp"

#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/float_bits.hpp"
#include "workloads/token_router.hpp"

namespace moesaic::workloads {

namespace {

void check_finite(const std::vector<float>& values, int experts, const char* what) {
  // All exponent bits set means infinite or NaN. No early exit, so that the loop vectorises.
  std::uint32_t bad = 0;
  for (const float v : values)
    bad |= (bits_of(v) & 0x7f800000u) == 0x7f800000u;
  if (bad == 0)
    return;
  std::size_t i = 0;
  while (std::isfinite(values[i]))
    ++i;
  throw InputError(fmt::format("{}: token {}, expert {}: not a finite number", what,
                               i / static_cast<std::size_t>(experts), i % static_cast<std::size_t>(experts)));
}

} // namespace

Routing Routing::part(int first, int count) const {
  const auto from = std::ptrdiff_t{first} * top_k, to = from + std::ptrdiff_t{count} * top_k;
  return {count, top_k, experts, {expert.begin() + from, expert.begin() + to}, {weight.begin() + from, weight.begin() + to}};
}

std::vector<int> Routing::load() const {
  std::vector<int> load(static_cast<std::size_t>(experts));
  for (const auto e : expert)
    if (e >= 0)
      ++load[static_cast<std::size_t>(e)];
  return load;
}

int expert_capacity(const RouterRule& rule, int experts, int tokens) {
  return static_cast<int>(std::ceil(rule.capacity_factor * tokens * rule.top_k / experts));
}

void drop_over_capacity(const RouterRule& rule, Routing& routing) {
  if (rule.capacity_factor == 0)
    return;
  const int capacity = expert_capacity(rule, routing.experts, routing.tokens);
  std::vector<int> taken(static_cast<std::size_t>(routing.experts));
  for (int j = 0; j < routing.top_k; ++j)
    for (int t = 0; t < routing.tokens; ++t) {
      const auto at =
          static_cast<std::size_t>(t) * static_cast<std::size_t>(routing.top_k) + static_cast<std::size_t>(j);
      if (++taken[static_cast<std::size_t>(routing.expert[at])] <= capacity)
        continue;
      routing.expert[at] = -1;
      routing.weight[at] = 0;
    }
}

Routing route(const RouterRule& rule, int experts, int tokens, const std::vector<float>& logits,
              const std::vector<float>& bias) {
  check_rule(rule, experts);
  const auto count = static_cast<std::size_t>(experts);
  if (logits.size() != static_cast<std::size_t>(tokens) * count)
    throw InputError(fmt::format("{} logits for {} tokens of {} experts", logits.size(), tokens, experts));
  if (!bias.empty() && bias.size() != count)
    throw InputError(fmt::format("{} bias values for {} experts", bias.size(), experts));
  check_finite(logits, experts, "logits");
  check_finite(bias, experts, "bias");
  Routing routing{tokens, rule.top_k, experts, {}, {}};
  const auto top_k = static_cast<std::size_t>(rule.top_k);
  routing.expert.resize(static_cast<std::size_t>(tokens) * top_k);
  routing.weight.resize(routing.expert.size());
  TokenRouter router(rule, experts, bias);
  for (std::size_t t = 0; t < static_cast<std::size_t>(tokens); ++t)
    router.route(&logits[t * count], &routing.expert[t * top_k], &routing.weight[t * top_k]);
  drop_over_capacity(rule, routing);
  return routing;
}

} // namespace moesaic::workloads
