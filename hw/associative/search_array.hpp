// A bit-serial associative array to the bit: registers of up to 64 bits by lanes, tags, carry latches.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/associative/search_program.hpp"

namespace moesaic::hw::associative {

class SearchArray {
 public:
  /// `lanes` is a multiple of 64. Throws std::logic_error for a shape that cannot be held.
  SearchArray(int registers, int bits, int lanes);

  static constexpr int flags = 4; ///< rows behind the registers, for operations' own use
  int first_flag() const { return registers_; }
  void store(int row, const std::vector<std::uint64_t>& values);
  std::vector<std::uint64_t> load(int row) const;
  /// Runs the steps; gives the sum that `count` steps made.
  std::uint64_t execute(const std::vector<SearchStep>& steps);

 private:
  using Word = std::uint64_t;
  Word* plane(const SearchStep::Cell& cell, int bit);
  Word matches(const SearchStep& step, int bit, int word);
  void search(const SearchStep& step);
  void write(const SearchStep& step);
  void add(const SearchStep& step);

  int registers_, bits_, words_;
  std::vector<Word> planes_, tags_, tag_, carry_;
  bool wide_ = false; ///< the last search was of all subarrays at once
};

} // namespace moesaic::hw::associative
