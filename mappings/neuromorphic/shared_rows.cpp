// Rows of a convolution that are the same but for where they stand.
#include <algorithm>
#include <map>

#include "mappings/neuromorphic/nir_tables.hpp"

namespace moesaic::mappings {
namespace {

/// A row's entries, its columns counted from its least.
struct Pattern {
  std::vector<std::uint16_t> column;
  std::vector<std::int8_t> weight;
  bool operator<(const Pattern& other) const {
    return column != other.column ? column < other.column : weight < other.weight;
  }
};

} // namespace

void share_rows(hw::SparseRows& rows, hw::Weights& weights) {
  hw::SparseRows shared;
  hw::Weights kept;
  std::map<Pattern, std::uint32_t> begin_of;
  for (std::size_t r = 0; r + 1 < rows.begin.size(); ++r) {
    const auto column = rows.column.begin() + rows.begin[r], last = rows.column.begin() + rows.begin[r + 1];
    const std::uint16_t base = column == last ? 0 : *std::min_element(column, last);
    Pattern pattern{{column, last}, {weights.value.begin() + rows.begin[r], weights.value.begin() + rows.begin[r + 1]}};
    for (auto& c : pattern.column)
      c = static_cast<std::uint16_t>(c - base);
    const auto next = static_cast<std::uint32_t>(shared.column.size());
    const auto [found, fresh] = begin_of.emplace(std::move(pattern), next);
    if (fresh) {
      shared.column.insert(shared.column.end(), found->first.column.begin(), found->first.column.end());
      kept.value.insert(kept.value.end(), found->first.weight.begin(), found->first.weight.end());
    }
    shared.begin.push_back(found->second);
    shared.end.push_back(found->second + static_cast<std::uint32_t>(found->first.column.size()));
    shared.base.push_back(base);
  }
  for (auto* list : {&shared.column, &shared.base})
    list->shrink_to_fit();
  kept.value.shrink_to_fit();
  rows = std::move(shared);
  weights = std::move(kept);
}

} // namespace moesaic::mappings
