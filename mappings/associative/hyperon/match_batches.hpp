// Groups of bindings in rounds of sixteen, one section of a vector for each; and the keys that their searches compare.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mappings/associative/hyperon/match_plan.hpp"
#include "mappings/associative/hyperon/tuple_layout.hpp"

namespace moesaic::mappings::associative {

/// Groups dealt to `shares` cores that hold the same atoms, those with most values first, so that the cores' rounds are alike.
class MatchBatches {
 public:
  MatchBatches(const MatchStep& step, int shares);
  std::size_t rounds() const;
  /// The group in a section of one share's round; none where the round is not full.
  std::optional<std::size_t> group(int share, std::size_t round, int section) const;
  int sections(std::size_t round) const; ///< of the fullest share
  std::int64_t most(bool u, std::size_t round) const; ///< searches for u, or v, of the share that has most
  std::int64_t most_keys(std::size_t round) const { return most(true, round) + most(false, round); }
  /// Searches for u, or v, that a group makes.
  static std::int64_t searches(const MatchStep& step, std::size_t group, bool u);

 private:
  const MatchStep& step_;
  std::vector<std::vector<std::size_t>> dealt_; ///< by share
};

/// What the searches of one step compare: a field's value, and the fixed fields with the first one that is searched for.
class SearchKeys {
 public:
  SearchKeys(const MatchStep& step, const TupleLayout& layout);
  bool has(bool u) const { return has_[u]; }
  const std::vector<int>& words() const { return words_; } ///< that must be loaded, for searching and for reading
  int vector_of(int word) const;
  const std::vector<int>& words_of(bool u) const { return searched_[u]; }
  std::int64_t care(bool u, int word) const;
  /// The immediates of all searches of a share's round, u then v; padded to the round's length by searches that mark nothing.
  void append(const MatchStep& step, const MatchBatches& batches, std::size_t round, int share,
              std::vector<std::vector<std::int64_t>>& operands) const;

 private:
  std::vector<std::int64_t> key(const MatchStep& step, const MatchGroup& group, bool u, Symbol value, int section) const;
  const TupleLayout& layout_;
  bool has_[2] = {false, false};
  std::vector<int> fields_[2], searched_[2], words_;
};

} // namespace moesaic::mappings::associative
