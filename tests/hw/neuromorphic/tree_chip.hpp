// Loihi 2 with its chips below switches instead of in a grid, for tests.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "hw/neuromorphic/chip.hpp"

namespace moesaic::test {

/// What stands for one level; times in ns, energy in pJ, power in mW.
struct Level {
  int radix;
  double latency = 60, gigabytes_per_second = 2, energy = 200, static_power = 50;
  int buffer = 64;
};

/// The tree of a description as its key `tree`.
inline std::string tree_text(const std::vector<Level>& levels) {
  std::ostringstream text;
  const char* const cited = ", source: moesaic_assumption, confidence: low}";
  text << "tree:\n";
  for (const Level& level : levels)
    text << "  - radix: {value: " << level.radix << " ports" << cited << "\n    static_power: {value: " << level.static_power << " mW"
         << cited << "\n    link:\n      latency: {value: " << level.latency << " ns" << cited << "\n      buffer: {value: " << level.buffer << " entries" << cited
         << "\n      bandwidth: {value: " << level.gigabytes_per_second << " GB/s" << cited << "\n      message: {value: 8 B" << cited
         << "\n      energy: {value: " << level.energy << " pJ" << cited << "\n";
  return text.str();
}

/// The catalog's loihi2 with `joints` in the place of its links.
inline std::string loihi2_with(const std::string& joints) {
  std::ifstream file(catalog_file("hw/catalog", "loihi2", "machine"));
  std::ostringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
  const std::size_t link = text.find("\nlink:") + 1, after = text.find("\nbarrier:") + 1;
  return text.substr(0, link) + joints + text.substr(after);
}

inline Document tree_document(const std::vector<Level>& levels) {
  return Document::parse(loihi2_with(tree_text(levels)), "loihi2-tree.yaml");
}

inline hw::Chip tree_chip(const std::vector<Level>& levels) {
  return hw::load_chip(tree_document(levels));
}

} // namespace moesaic::test
