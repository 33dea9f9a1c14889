// Pattern matching on tuples, and counting once in a run, against the plainest loops.
#include <rapidcheck.h>

#include <algorithm>

#include "tests/hw/associative/lanes.hpp"

using namespace moesaic::hw::associative;

namespace {

/// Few different words, so that masked searches find some.
std::vector<std::uint16_t> few(std::mt19937_64& random) {
  std::vector<std::uint16_t> words(Lanes::columns);
  for (auto& w : words)
    w = static_cast<std::uint16_t>(random() & 0x8421);
  return words;
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("a search over one, two or three words adds to the sections of its mask and leaves the others") {
    CHECK(rc::check("match_16, match_32, match_48", [](std::uint16_t seed) {
      std::mt19937_64 random(seed);
      Lanes lanes;
      std::vector<std::vector<std::uint16_t>> word;
      for (int v = 1; v <= 3; ++v) {
        word.push_back(few(random));
        lanes.set(v, word.back());
      }
      const auto before = few(random);
      lanes.set(0, before);
      const auto words = static_cast<std::size_t>(1 + seed % 3);
      const auto sections = static_cast<std::uint16_t>(random() & random());
      std::vector<int> vectors{0};
      std::vector<std::int64_t> immediates;
      for (std::size_t w = 0; w < words; ++w) {
        vectors.push_back(static_cast<int>(w) + 1);
        immediates.push_back(word[w][7]);
        immediates.push_back(1 | static_cast<std::int64_t>(random() & 0xffff));
      }
      immediates.push_back(sections);
      lanes.run(words == 1 ? "match_16" : words == 2 ? "match_32" : "match_48", vectors, immediates);
      const auto after = lanes.get(0);
      for (std::size_t c = 0; c < after.size(); ++c) {
        bool agrees = true;
        for (std::size_t w = 0; w < words; ++w)
          agrees = agrees && ((word[w][c] ^ immediates[2 * w]) & immediates[2 * w + 1]) == 0;
        RC_ASSERT(after[c] == (agrees ? before[c] | sections : before[c]));
      }
    }));
  }

  TEST_CASE("of what is marked in a run its first column stays, in every section apart") {
    CHECK(rc::check("first_of_run_16", [](std::uint16_t seed) {
      std::mt19937_64 random(seed);
      Lanes lanes;
      constexpr int longest = 6;
      std::vector<std::uint16_t> starts(Lanes::columns);
      for (std::size_t c = 0, left = 0; c < starts.size(); ++c, --left)
        if (left == 0) {
          starts[c] = 0xffff;
          left = std::min<std::size_t>(1 + random() % longest, 2048 - c % 2048); // runs stay within a half-bank
        }
      const auto marks = few(random);
      lanes.set(1, marks), lanes.set(2, starts);
      lanes.run("first_of_run_16", {0, 1, 2}, {longest - 1});
      std::uint16_t seen = 0;
      const auto first = lanes.get(0);
      for (std::size_t c = 0; c < first.size(); ++c) {
        if (starts[c])
          seen = 0;
        RC_ASSERT(first[c] == (marks[c] & ~seen));
        seen |= marks[c];
      }
    }));
  }
}
