// A set of small integers as bits in two levels, so that a large and mostly idle network costs little to
// scan.
#pragma once

#include <cstdint>
#include <vector>

namespace moesaic::hw::noc {

/// Of members `i` as bits: `words[i / 64]`, and a bit in `summary` for each word that is not 0. Calls `keep(i)` for every
/// member in ascending order; members for which it is false leave. `keep` must not insert here.
template <class Keep>
void visit_bits(std::uint64_t* words, std::uint64_t* summary, std::size_t summary_words, Keep&& keep) {
  for (std::size_t s = 0; s < summary_words; ++s)
    for (std::uint64_t groups = summary[s]; groups; groups &= groups - 1) {
      const std::size_t w = s * 64 + static_cast<std::size_t>(__builtin_ctzll(groups));
      std::uint64_t left = words[w];
      for (std::uint64_t bits = left; bits; bits &= bits - 1) {
        const auto bit = static_cast<std::uint32_t>(__builtin_ctzll(bits));
        left &= ~(std::uint64_t{!keep(static_cast<std::uint32_t>(w * 64) + bit)} << bit);
      }
      words[w] = left;
      if (!left)
        summary[s] &= ~(groups & -groups);
    }
}

class ActiveSet {
 public:
  explicit ActiveSet(std::size_t size) : words_((size + 63) / 64), summary_((words_.size() + 63) / 64) {}

  void insert(std::uint32_t i) { insert_if(true, i); }
  void insert_if(bool condition, std::uint32_t i) { // without a branch
    words_[i >> 6] |= std::uint64_t{condition} << (i & 63);
    summary_[i >> 12] |= std::uint64_t{condition} << (i >> 6 & 63);
  }
  bool empty() const {
    for (const std::uint64_t word : summary_)
      if (word)
        return false;
    return true;
  }
  /// Calls `keep(i)` for every member in ascending order; members for which it is false leave. `keep` must
  /// not insert.
  template <class Keep> void visit(Keep&& keep) {
    visit_bits(words_.data(), summary_.data(), summary_.size(), keep);
  }

 private:
  std::vector<std::uint64_t> words_, summary_;
};

} // namespace moesaic::hw::noc
