#include "sim/sweep/samples.hpp"

#include <numeric>
#include <random>

#include <boost/random/sobol.hpp>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

namespace {

double unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// A number in [0, n) without the bias of a plain remainder.
std::uint64_t below(std::mt19937_64& random, std::uint64_t n) {
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % n;
  std::uint64_t bits = random();
  while (bits >= limit)
    bits = random();
  return bits % n;
}

} // namespace

std::vector<std::vector<double>> latin_hypercube(int samples, int dimensions, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto n = static_cast<std::size_t>(samples);
  std::vector<std::vector<double>> rows(n, std::vector<double>(static_cast<std::size_t>(dimensions)));
  std::vector<std::size_t> slices(n);
  for (int d = 0; d < dimensions; ++d) {
    std::iota(slices.begin(), slices.end(), std::size_t{0});
    for (std::size_t i = n; i > 1; --i)
      std::swap(slices[i - 1], slices[below(random, i)]);
    for (std::size_t i = 0; i < n; ++i)
      rows[i][static_cast<std::size_t>(d)] =
          (static_cast<double>(slices[i]) + unit(random())) / static_cast<double>(n);
  }
  return rows;
}

std::vector<std::vector<double>> sobol(int samples, int dimensions, std::uint64_t seed) {
  constexpr int most = 3667;
  if (dimensions > most)
    throw InputError("a Sobol sequence of more than 3667 variables is not supported");
  boost::random::sobol sequence(static_cast<std::size_t>(dimensions));
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> shift(static_cast<std::size_t>(dimensions));
  for (auto& bits : shift)
    bits = random();
  std::vector<std::vector<double>> rows(static_cast<std::size_t>(samples),
                                        std::vector<double>(static_cast<std::size_t>(dimensions)));
  // Boost leaves out the origin; without it the first 2^k points are no longer evenly spread (Owen 2020).
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t d = 0; d < shift.size(); ++d)
      rows[i][d] = unit((i == 0 ? 0 : sequence()) ^ shift[d]);
  return rows;
}

} // namespace moesaic::sim::sweep
