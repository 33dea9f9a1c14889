// Pattern matching on tuples, and counting once in a run, against the plainest loops.
#include <rapidcheck.h>

#include <algorithm>

#include "hw/associative/functional_core.hpp"
#include "hw/associative/plane_search.hpp"
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

  TEST_CASE("many keys that share their way through the planes mark what each would alone, whichever version runs") {
    CHECK(rc::check("search kernels", [](std::uint16_t seed) {
      std::mt19937_64 random(seed);
      constexpr int words = 16;
      const int count = 1 + seed % PlaneSearch::most;
      std::vector<std::uint64_t> planes(PlaneSearch::most * words), before(16 * words);
      for (auto& word : planes)
        word = random() | random(); // ones for the most part, so that some keys of ones are found
      for (auto& word : before)
        word = random() & random() & random();
      std::vector<SearchKey> keys(5);
      for (auto& key : keys) {
        key.sections = static_cast<std::uint16_t>(random() & random());
        for (int i = 0; i < count; ++i)
          key.wanted[i] = random() % 16 != 0;
      }
      auto wanted = before;
      for (const auto& key : keys)
        for (int w = 0; w < words; ++w) {
          std::uint64_t left = ~std::uint64_t{0};
          for (int i = 0; i < count; ++i)
            left &= key.wanted[i] ? planes[static_cast<std::size_t>(i * words + w)] : ~planes[static_cast<std::size_t>(i * words + w)];
          for (int s = 0; s < 16; ++s)
            if ((key.sections >> s) & 1)
              wanted[static_cast<std::size_t>(s * words + w)] |= left;
        }
      for (const SearchKernel kernel : search_kernels()) {
        auto found = before;
        PlaneSearch search;
        search.count = count, search.words = words;
        for (int i = 0; i < count; ++i)
          search.planes[i] = planes.data() + i * words;
        for (int s = 0; s < 16; ++s)
          search.targets[s] = found.data() + s * words;
        kernel(search, keys.data(), keys.data() + keys.size());
        RC_ASSERT(found == wanted);
      }
    }));
  }

  TEST_CASE("searches that wait for one another leave what their micro-programs do, in their order with all else") {
    const auto description = read_description(moesaic::Document::load(moesaic::catalog_file("hw/catalog", "gemini1", "machine")));
    const OperationSet operations(description, moesaic::Corner::nominal);
    CHECK(rc::check("sequences", [&](std::uint16_t seed) {
      std::mt19937_64 random(seed);
      FunctionalCore core(operations);
      BitPlanes planes(description.shape);
      std::vector<std::uint16_t> values(static_cast<std::size_t>(description.shape.columns));
      for (int v = 0; v < 5; ++v) {
        for (auto& value : values)
          value = static_cast<std::uint16_t>(random() & 0x8421);
        core.set_vector(v, values), planes.store(v, values.data());
      }
      for (int i = 0; i < 30; ++i) {
        const int words = 1 + static_cast<int>(random() % 3), target = static_cast<int>(random() % 2);
        const int kind = static_cast<int>(random() % 8);
        const char* name = kind == 0 ? "not_16" : words == 1 ? "match_16" : words == 2 ? "match_32" : "match_48";
        std::vector<int> vectors{target};
        std::vector<std::int64_t> immediates;
        if (kind == 0) {
          vectors.push_back(2 + static_cast<int>(random() % 3));
        } else {
          for (int w = 0; w < words; ++w) {
            vectors.push_back(kind == 1 && w == 0 ? target : 2 + w); // some write what they read
            immediates.push_back(static_cast<std::int64_t>(random() & 0x8421));
            immediates.push_back(kind == 2 && w > 0 ? 0 : 1 | static_cast<std::int64_t>(random() & 0x8421));
          }
          immediates.push_back(static_cast<std::int64_t>(random() & random() & 0xffff));
        }
        core.run(name, vectors, immediates);
        planes.execute(operations.microcode(name, {vectors, immediates}));
      }
      for (int v = 0; v < 5; ++v) {
        planes.load(v, values.data());
        RC_ASSERT(core.vector(v) == values);
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
