// The array of one associative core to the bit: vectors of sections x columns, read latch, global lines and
// OR tree.
#pragma once

#include <cstdint>
#include <new>
#include <vector>

#include "hw/associative/circuit.hpp"

namespace moesaic::hw::associative {

/// The shape of one core's array. Columns are a multiple of 2048, the width of a half-bank.
struct ArrayShape {
  int sections = 16;
  int columns = 32768;
  int vectors = 24;
  int half_bank = 2048;
  int words() const { return columns / 64; }
};

/// Memory on boundaries of 64 bytes, those of the widest vector registers.
template <class T> struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U> AlignedAllocator(const AlignedAllocator<U>&) {} // NOLINT: as allocators are rebound
  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{64}));
  }
  void deallocate(T* memory, std::size_t) { ::operator delete(memory, std::align_val_t{64}); }
  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
  friend bool operator!=(const AlignedAllocator&, const AlignedAllocator&) { return false; }
};
using Words = std::vector<std::uint64_t, AlignedAllocator<std::uint64_t>>;

/// Searches for many keys that compare the same sections of the same vectors.
struct MaskedSearch {
  struct Word {
    int vector;
    std::uint16_t care; ///< sections that are compared
    friend bool operator==(const Word& a, const Word& b) { return a.vector == b.vector && a.care == b.care; }
  };
  int target = 0;
  std::vector<Word> words;       ///< none of them the target; some section of the first is compared
  std::vector<std::uint16_t> keys; ///< a key a word, and the sections of the target that become one where all agree
};

class BitPlanes {
 public:
  /// Throws std::logic_error for a shape that the word layout cannot hold.
  explicit BitPlanes(const ArrayShape& shape);

  const ArrayShape& shape() const { return shape_; }
  /// Column c of a section is bit c % 64 of word c / 64.
  std::uint64_t* plane(int vector, int section) {
    return planes_.data() +
           (static_cast<std::size_t>(vector) * 16 + static_cast<std::size_t>(section)) * words_;
  }
  const std::uint64_t* plane(int vector, int section) const {
    return const_cast<BitPlanes*>(this)->plane(vector, section);
  }
  std::uint64_t* latch(int section) { return latch_.data() + static_cast<std::size_t>(section) * words_; }

  /// Whole vectors as numbers, one per column.
  void store(int vector, const std::uint16_t* values);
  void load(int vector, std::uint16_t* values) const;
  std::uint16_t element(int vector, int column) const;
  void set_element(int vector, int column, std::uint16_t value);

  /// Runs a micro-program; the result is the same at any number of threads.
  void execute(const Microcode& code);
  void execute(const Instruction* first, const Instruction* last);
  /// The same for a micro-program's circuit: vectors as the instructions leave them, but for temporaries; latch and
  /// lines stay as they were.
  void execute(const Circuit& circuit);
  /// Searches for every key, in turn, as match_16 and its siblings do; latch and lines stay as they were.
  void execute(const MaskedSearch& search);

  /// One bit per half-bank: the last OR over all its columns and sections that the tree computed.
  std::uint32_t or_of_half_banks() const { return or32k_; }
  /// Section by section the OR of all half-banks' branches of the tree, which the control processor reads.
  std::uint16_t or_of_sections() const;
  std::size_t bytes() const;

 private:
  void run_global(const Instruction& instruction);
  void read_plane(const Command& command, int section, const std::uint64_t* source);
  void broadcast(const Command& command);
  void or_tree(const Command& command);
  /// The words of `source` for `section` of a read or write: a plane, or `scratch` filled.
  const std::uint64_t* source_words(Source source, int section, int word, int count,
                                    const std::uint64_t* latch, std::size_t latch_stride,
                                    std::uint64_t* scratch) const;

  ArrayShape shape_;
  std::size_t words_ = 0;
  Words planes_, latch_, gl_, ggl_;
  std::vector<std::uint64_t> or16_; ///< per section one bit per 16 columns
  std::vector<std::uint8_t> or256_; ///< per section and 256 columns
  std::vector<std::uint8_t> or2k_;  ///< per section and half-bank
  std::uint32_t or32k_ = 0;
};

} // namespace moesaic::hw::associative
