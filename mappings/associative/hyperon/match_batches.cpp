#include "mappings/associative/hyperon/match_batches.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings::associative {

namespace {

constexpr std::size_t per_round = 16;
constexpr std::size_t most_searched = 3; ///< words that one search compares

} // namespace

MatchBatches::MatchBatches(const MatchStep& step, int shares) : step_(step) {
  std::vector<std::size_t> order(step.groups.size());
  std::iota(order.begin(), order.end(), 0);
  const auto size = [&](std::size_t g) { return step.groups[g].u.size() + step.groups[g].v.size(); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
  dealt_.resize(static_cast<std::size_t>(shares));
  for (std::size_t i = 0; i < order.size(); ++i)
    dealt_[i % dealt_.size()].push_back(order[i]);
}

std::size_t MatchBatches::rounds() const {
  return (dealt_[0].size() + per_round - 1) / per_round;
}

std::optional<std::size_t> MatchBatches::group(int share, std::size_t round, int section) const {
  const auto& own = dealt_[static_cast<std::size_t>(share)];
  const std::size_t i = round * per_round + static_cast<std::size_t>(section);
  return i < own.size() ? std::optional<std::size_t>(own[i]) : std::nullopt;
}

int MatchBatches::sections(std::size_t round) const {
  return static_cast<int>(std::min(per_round, dealt_[0].size() - round * per_round));
}

std::int64_t MatchBatches::searches(const MatchStep& step, std::size_t group, bool u) {
  const auto& g = step.groups[group];
  if (g.u.empty() && g.v.empty())
    return u ? 1 : 0; // the fixed fields alone
  return static_cast<std::int64_t>(u ? g.u.size() : g.v.size());
}

std::int64_t MatchBatches::most(bool u, std::size_t round) const {
  std::int64_t most = 0;
  for (std::size_t share = 0; share < dealt_.size(); ++share) {
    std::int64_t sum = 0;
    for (int section = 0; section < static_cast<int>(per_round); ++section)
      if (const auto g = group(static_cast<int>(share), round, section))
        sum += searches(step_, *g, u);
    most = std::max(most, sum);
  }
  return most;
}

SearchKeys::SearchKeys(const MatchStep& step, const TupleLayout& layout) : layout_(layout) {
  bool u = false, v = false;
  for (const auto& group : step.groups)
    u = u || !group.u.empty(), v = v || !group.v.empty();
  has_[true] = u || !v;
  has_[false] = v;
  if (u)
    fields_[true].push_back(step.u_field);
  if (v)
    fields_[false].push_back(step.v_field);
  auto& first = fields_[has_[true]];
  first.insert(first.end(), step.fixed_fields.begin(), step.fixed_fields.end());
  std::vector<int> needed = first;
  for (const bool which : {true, false})
    if (has_[which]) {
      searched_[which] = layout.words_of(fields_[which]);
      needed.insert(needed.end(), fields_[which].begin(), fields_[which].end());
      if (searched_[which].size() > most_searched)
        throw InputError(fmt::format("{}: a search over {} words of a tuple: not supported, at most {} are", step.text,
                                     searched_[which].size(), most_searched));
    }
  if (step.read)
    for (const int field : {step.u_field, step.v_field})
      if (field >= 0)
        needed.push_back(field);
  words_ = layout.words_of(needed);
}

int SearchKeys::vector_of(int word) const {
  return static_cast<int>(std::find(words_.begin(), words_.end(), word) - words_.begin());
}

std::int64_t SearchKeys::care(bool u, int word) const {
  unsigned key = 0, care = 0;
  for (const int field : fields_[u])
    layout_.add_key(field, 0, word, key, care);
  return care;
}

std::vector<std::int64_t> SearchKeys::key(const MatchStep& step, const MatchGroup& group, bool u, Symbol value,
                                          int section) const {
  std::vector<std::int64_t> immediates;
  for (const int word : searched_[u]) {
    unsigned key = 0, care = 0;
    for (const int field : fields_[u]) {
      const auto fixed = std::find(step.fixed_fields.begin(), step.fixed_fields.end(), field);
      layout_.add_key(field, fixed == step.fixed_fields.end() ? value : group.fixed[fixed - step.fixed_fields.begin()], word,
                      key, care);
    }
    immediates.push_back(key);
    immediates.push_back(care);
  }
  immediates.push_back(std::int64_t{1} << section);
  return immediates;
}

void SearchKeys::append(const MatchStep& step, const MatchBatches& batches, std::size_t round, int share,
                        std::vector<std::vector<std::int64_t>>& operands) const {
  for (const bool u : {true, false}) {
    if (!has_[u])
      continue;
    std::int64_t made = 0;
    for (int section = 0; section < batches.sections(round); ++section)
      if (const auto g = batches.group(share, round, section)) {
        const MatchGroup& group = step.groups[*g];
        const auto& values = u ? group.u : group.v;
        const std::int64_t count = MatchBatches::searches(step, *g, u);
        for (std::int64_t i = 0; i < count; ++i, ++made)
          operands.push_back(key(step, group, u, values.empty() ? 0 : values[static_cast<std::size_t>(i)], section));
      }
    for (; made < batches.most(u, round); ++made) {
      std::vector<std::int64_t> nothing(2 * searched_[u].size() + 1, 0);
      operands.push_back(std::move(nothing));
    }
  }
}

} // namespace moesaic::mappings::associative
