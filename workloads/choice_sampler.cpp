#include "workloads/choice_sampler.hpp"

#include <algorithm>
#include <numeric>

namespace moesaic::workloads {

ChoiceSampler::ChoiceSampler(const RouterRule& rule, std::vector<int> load, int tokens)
    : top_k_(static_cast<std::size_t>(rule.top_k)), groups_(static_cast<std::size_t>(rule.groups)),
      kept_groups_(static_cast<std::size_t>(rule.kept_groups)), width_(load.size() / groups_),
      tokens_left_(tokens), load_(std::move(load)), group_load_(groups_), open_(groups_), kept_(groups_),
      taken_(load_.size()) {
  for (std::size_t e = 0; e < load_.size(); ++e)
    group_load_[e / width_] += load_[e];
}

void ChoiceSampler::draw_token(Random& random, int wanted, std::int32_t* chosen) {
  start_token();
  const bool granted = wanted >= 0 && load_[static_cast<std::size_t>(wanted)] > 0;
  keep_groups(random, granted ? static_cast<std::size_t>(wanted) / width_ : groups_);
  std::size_t drawn = 0;
  if (granted) {
    take(static_cast<std::size_t>(wanted));
    chosen[drawn++] = wanted;
  }
  for (const std::size_t e : urgent_) {
    if (drawn == top_k_ || !kept_[e / width_] || taken_[e])
      continue;
    take(e);
    chosen[drawn++] = static_cast<std::int32_t>(e);
  }
  for (; drawn < top_k_; ++drawn)
    chosen[drawn] = static_cast<std::int32_t>(draw_expert(random));
  // Who leads is a matter of chance, so that an expert leads in proportion to its load.
  if (!granted)
    std::swap(chosen[0], chosen[random.below(top_k_)]);
  --tokens_left_;
}

void ChoiceSampler::start_token() {
  std::fill(kept_.begin(), kept_.end(), 0);
  std::fill(taken_.begin(), taken_.end(), 0);
  urgent_.clear();
  for (std::size_t e = 0; e < load_.size(); ++e)
    if (load_[e] >= tokens_left_)
      urgent_.push_back(e);
}

/// `first` is kept in any case; groups_ stands for none.
void ChoiceSampler::keep_groups(Random& random, std::size_t first) {
  for (std::size_t i = 0; i < kept_groups_; ++i) {
    std::size_t group = i == 0 && first < groups_ ? first : most_urgent_group(random);
    if (group == groups_)
      group = draw_group(random);
    kept_[group] = 1;
  }
  for (std::size_t g = 0; g < groups_; ++g)
    open_[g] = kept_[g] ? group_load_[g] : 0;
}

std::size_t ChoiceSampler::most_urgent_group(Random& random) const {
  if (urgent_.empty())
    return groups_;
  std::vector<int> count(groups_);
  for (const std::size_t e : urgent_)
    ++count[e / width_];
  std::size_t best = groups_;
  int most = 0;
  const std::size_t start = random.below(groups_); // so that ties favour no group
  for (std::size_t i = 0; i < groups_; ++i) {
    const std::size_t g = (start + i) % groups_;
    if (kept_[g] || count[g] <= most)
      continue;
    best = g;
    most = count[g];
  }
  return best;
}

std::size_t ChoiceSampler::draw_group(Random& random) const {
  std::int64_t total = 0;
  for (std::size_t g = 0; g < groups_; ++g)
    if (!kept_[g])
      total += group_load_[g];
  // Where nothing is left to deal outside the kept groups, any group will do.
  auto ticket =
      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(std::max<std::int64_t>(total, 1))));
  std::size_t last = groups_;
  for (std::size_t g = 0; g < groups_; ++g) {
    if (kept_[g])
      continue;
    last = g;
    ticket -= group_load_[g];
    if (ticket < 0)
      break;
  }
  return last;
}

std::size_t ChoiceSampler::draw_expert(Random& random) {
  const std::int64_t total = std::accumulate(open_.begin(), open_.end(), std::int64_t{0});
  if (total == 0) { // the kept groups' loads are dealt out: a stand-in
    std::vector<std::size_t> idle;
    for (std::size_t e = 0; e < taken_.size(); ++e)
      if (kept_[e / width_] && !taken_[e])
        idle.push_back(e);
    const std::size_t expert = idle[random.below(idle.size())];
    taken_[expert] = 1;
    return expert;
  }
  auto ticket = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(total)));
  std::size_t group = 0;
  while (ticket >= open_[group])
    ticket -= open_[group++];
  std::size_t expert = group * width_;
  for (;; ++expert) {
    if (taken_[expert])
      continue;
    if (ticket < load_[expert])
      break;
    ticket -= load_[expert];
  }
  take(expert);
  return expert;
}

void ChoiceSampler::take(std::size_t expert) {
  const std::size_t group = expert / width_;
  open_[group] -= load_[expert]; // no longer open to this token
  --load_[expert];
  --group_load_[group];
  taken_[expert] = 1;
}

} // namespace moesaic::workloads
