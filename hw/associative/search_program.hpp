// Micro-programs of bit-serial associative arrays: searches that tag lanes and updates of the tagged ones, one cycle each.
// Read from the text files of hw/associative/search; docs/associative.md describes the language.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hw/associative/micro_syntax.hpp"

namespace moesaic::hw::associative {

/// One cycle of a bit-serial array.
struct SearchStep {
  enum class Kind {
    search, ///< tags: lanes in which all cells have their value
    more,   ///< as search, added to the tags
    also,   ///< as search, of the tagged lanes alone
    update, ///< cells take their value in tagged lanes
    all,    ///< cells take their value in all lanes
    gather, ///< the tags of subarray `bit` join the single row of tags
    count,  ///< the sum grows by the number of matching lanes, shifted up by `bit`
    sum,    ///< tagged lanes: the first cell = the second + the third + carry latch
    copy,   ///< tagged lanes: the first cell = the second
    carry,  ///< tagged lanes: the first cell = the carry latch, which becomes 0
    reset   ///< all lanes: tagged, carry latch 0
  };
  static constexpr int every_bit = -1;
  struct Cell {
    int row = 0;
    int bit = every_bit; ///< or all subarrays at once
    bool value = false;
  };
  Kind kind = Kind::search;
  int bit = 0;
  std::vector<Cell> cells;
};

/// A parsed operation. Operands: changed, written, then read registers; then immediates.
struct SearchProgram {
  struct Statement {
    Place place;
    bool repeat = false;
    SearchStep::Kind kind = SearchStep::Kind::search;
    struct Cell {
      Place place;
      std::string name;
      bool indexed = false;
      Expression bit, value;
    };
    std::vector<Cell> cells;
    std::string name;                // repeat: its variable
    std::vector<Expression> values;  // repeat: from, to; gather and count: the bit
    std::vector<Statement> body;     // repeat
  };
  std::string name, title;
  std::vector<std::string> changes, writes, reads, flags, immediates;
  std::vector<Statement> body;
  std::size_t vectors() const { return changes.size() + writes.size() + reads.size(); }
};

/// The operations of one machine.
class SearchLibrary {
 public:
  /// Reads one file. Throws InputError with file:line:column.
  explicit SearchLibrary(const std::string& file);
  SearchLibrary(const std::string& text, const std::string& name);

  const SearchProgram* find(const std::string& name) const;
  std::vector<std::string> names() const;
  /// The steps of an operation on numbers of `bits` bits; flags lie in rows from `first_flag` on. Throws InputError.
  static std::vector<SearchStep> expand(const SearchProgram& program, const std::vector<int>& rows,
                                        const std::vector<std::int64_t>& immediates, int bits, int first_flag);

 private:
  std::map<std::string, SearchProgram> programs_;
};

/// Throws InputError. `file` names the text in errors.
std::vector<SearchProgram> parse_search_programs(const std::string& text, const std::string& file);

} // namespace moesaic::hw::associative
