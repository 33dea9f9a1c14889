// Points that fill a unit cube evenly.
#pragma once

#include <cstdint>
#include <vector>

namespace moesaic::sim::sweep {

/// `samples` rows of `dimensions` numbers in [0, 1): in every dimension each of the `samples` equal slices
/// holds exactly one (McKay, Beckman and Conover 1979). The same seed gives the same bits everywhere.
std::vector<std::vector<double>> latin_hypercube(int samples, int dimensions, std::uint64_t seed);

/// The Sobol sequence with the direction numbers of Joe and Kuo (2008) as Boost.Random has them, shifted
/// digitally by the seed, which keeps its even spread. Throws InputError beyond 3667 dimensions.
std::vector<std::vector<double>> sobol(int samples, int dimensions, std::uint64_t seed);

} // namespace moesaic::sim::sweep
