// A column of texts of which many are equal: each is kept once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace moesaic::sim::sweep {

class Words {
 public:
  /// The number of a word; new ones get the next.
  std::uint32_t number_of(const std::string& word) {
    const auto [at, fresh] = numbers_.emplace(word, static_cast<std::uint32_t>(words_.size()));
    if (fresh)
      words_.push_back(word);
    return at->second;
  }
  /// Appends a row, by its word or by the word's number.
  void push_back(const std::string& word) { rows_.push_back(number_of(word)); }
  void push_number(std::uint32_t number) { rows_.push_back(number); }

  void reserve(std::size_t rows) { rows_.reserve(rows); }
  std::size_t size() const { return rows_.size(); }
  const std::string& operator[](std::size_t row) const { return words_[rows_[row]]; }
  std::uint32_t number(std::size_t row) const { return rows_[row]; }
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::uint32_t> rows_;
};

} // namespace moesaic::sim::sweep
