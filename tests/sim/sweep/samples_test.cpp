#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "sim/sweep/samples.hpp"

using namespace moesaic::sim::sweep;

namespace {

/// How many of the rows fall into each of n equal slices of dimension d.
std::vector<int> slices(const std::vector<std::vector<double>>& rows, std::size_t d, int n) {
  std::vector<int> counts(static_cast<std::size_t>(n), 0);
  for (const auto& row : rows)
    ++counts[static_cast<std::size_t>(row[d] * n)];
  return counts;
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("a Latin hypercube has one sample in each slice of each dimension") {
    for (const std::uint64_t seed : {1u, 2u, 99u}) {
      const auto rows = latin_hypercube(37, 5, seed);
      for (std::size_t d = 0; d < 5; ++d)
        for (const int count : slices(rows, d, 37))
          CHECK(count == 1);
    }
    CHECK(latin_hypercube(10, 2, 1) == latin_hypercube(10, 2, 1));
    CHECK(latin_hypercube(10, 2, 1) != latin_hypercube(10, 2, 2));
  }

  TEST_CASE("Sobol: 2^k samples put one in each slice, and one in each cell of elementary boxes of two "
            "dimensions") {
    const auto rows = sobol(64, 6, 7);
    for (std::size_t d = 0; d < 6; ++d)
      for (const int count : slices(rows, d, 64))
        CHECK(count == 1);
    // The first two dimensions are a (0, 6, 2)-net: every box of 8 x 8 holds one sample.
    std::vector<int> cells(64, 0);
    for (const auto& row : rows)
      ++cells[static_cast<std::size_t>(row[0] * 8) * 8 + static_cast<std::size_t>(row[1] * 8)];
    CHECK(*std::max_element(cells.begin(), cells.end()) == 1);
  }

  TEST_CASE("Sobol integrates far better than chance") {
    // The product of 1 + (x - 1/2) over five dimensions has the integral 1; 1024 random samples err by about
    // 0.02.
    double sum = 0;
    for (const auto& row : sobol(1024, 5, 3)) {
      double product = 1;
      for (const double x : row)
        product *= 1 + (x - 0.5);
      sum += product;
    }
    CHECK(std::abs(sum / 1024 - 1) < 1e-3);
  }
}
