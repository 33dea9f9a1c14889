#include "sim/gpu/data.hpp"

#include <string>

#include "workloads/expert_loads.hpp"
#include "workloads/random.hpp"

namespace moesaic::sim {

namespace {

constexpr int draws = 5; // as many as the measurements average

/// Choice c of token t goes to expert t + c * stride, spread evenly where there are fewer tokens than
/// `stride`. The first rank is measured. Source: aiconfigurator, collector/helper.py, balanced_logits.
std::vector<int> balanced_rows(const GpuRow& row) {
  std::vector<int> rows(static_cast<std::size_t>(row.experts));
  const long long stride = (row.experts + row.top_k - 1) / row.top_k;
  for (long long token = 0; token < row.tokens; ++token)
    for (long long choice = 0; choice < row.top_k; ++choice) {
      const long long place = row.tokens >= stride ? token : token * stride / row.tokens;
      ++rows[static_cast<std::size_t>((place + choice * stride) % row.experts)];
    }
  return rows;
}

} // namespace

std::vector<mappings::gpu::RankLoad> loads_of(const GpuRow& row) {
  if (row.distribution == "balanced") {
    const auto rows = balanced_rows(row);
    return {mappings::gpu::rank_load(rows.data(), row.experts / row.ranks, row.tokens, row.top_k)};
  }
  const double alpha = std::stod(row.distribution.substr(std::string("power_law_").size()));
  std::vector<mappings::gpu::RankLoad> loads;
  for (int draw = 0; draw < draws; ++draw) {
    workloads::Random random(std::uint64_t{0x9e3779b97f4a7c15} * static_cast<std::uint64_t>(row.tokens + 1) +
                             static_cast<std::uint64_t>(row.experts * 8 + draw));
    std::vector<double> u(static_cast<std::size_t>(row.experts));
    for (double& x : u)
      x = random.uniform();
    const auto popularity = workloads::popularity_at(u, row.tokens, row.top_k, alpha);
    const auto rows = workloads::apportion_loads(popularity, row.tokens, row.top_k, random);
    loads.push_back(mappings::gpu::slowest_rank(rows, row.ranks, row.tokens, row.top_k));
  }
  return loads;
}

} // namespace moesaic::sim
