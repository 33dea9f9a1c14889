// One core with values: its bit planes and its L1. Micro-programs run to the bit; operations that were only
// measured act as their definition says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hw/associative/operations.hpp"

namespace moesaic::hw::associative {

class FunctionalCore {
 public:
  explicit FunctionalCore(const OperationSet& operations);

  /// One operation; written vectors first. Throws InputError for one that has no meaning here, or wrong
  /// operands.
  void run(const std::string& name, const std::vector<int>& vectors,
           const std::vector<std::int64_t>& immediates = {});
  /// How often each operation ran.
  const std::map<std::string, std::uint64_t>& ran() const { return ran_; }

  BitPlanes& planes() {
    finish_searches();
    return planes_;
  }
  /// A slot of L1, as the transfer engines fill and empty it.
  std::vector<std::uint16_t>& slot(std::int64_t index);
  /// What lookup_16 finds by its operand, in L3; while there is none, who holds it writes the vector.
  void set_table(std::vector<std::uint16_t> table) { table_ = std::move(table); }
  std::vector<std::uint16_t> vector(int index) const;
  void set_vector(int index, const std::vector<std::uint16_t>& values) {
    finish_searches();
    planes_.store(index, values.data());
  }

  /// Columns that a marker marks, in order, at most `most` of them.
  std::vector<int> marked(int marker, std::size_t most = 1024) const;
  std::int64_t count(int marker) const;

 private:
  void run_measured(const std::string& name, const std::vector<int>& vectors,
                    const std::vector<std::int64_t>& immediates);
  void add_subgroups(const std::vector<int>& vectors, const std::vector<std::int64_t>& immediates,
                     bool is_signed);
  void run_micro(const std::string& name, const Operands& operands);

  /// Masked searches come many after one another, each with another key: they wait until something else happens, and then share
  /// their way through the planes.
  bool wait_with_others(const std::vector<int>& vectors, const std::vector<std::int64_t>& immediates);
  void finish_searches() const;

  const OperationSet& operations_;
  mutable BitPlanes planes_;
  mutable MaskedSearch waiting_;
  std::map<std::int64_t, std::vector<std::uint16_t>> l1_;
  std::vector<std::uint16_t> table_;
  std::map<std::string, std::uint64_t> ran_;
  /// A micro-program on given operands; one that runs again runs as a circuit where it can be made one.
  struct Expanded {
    Microcode code;
    int runs = 0;
    std::optional<Circuit> circuit;
  };
  std::map<std::string, std::map<Operands, Expanded>> code_;
};

} // namespace moesaic::hw::associative
