// Files with HDF5's signature whose structures are damaged: the library may crash on them, the program must not.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "description/error.hpp"
#include "tests/mappings/neuromorphic/nir_networks.hpp"
#include "workloads/spike_input.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

std::string whole_file() {
  NirBuilder b;
  b.node("in", "Input").numbers("shape", {4});
  b.node("w", "Affine").numbers("weight", {1, 2, 3, 4, 5, 6, 7, 8}, {2, 4}).numbers("bias", {0, 1});
  b.lif("lif", 2, 0.01, 1, 1);
  b.node("out", "Output").numbers("shape", {2});
  std::ifstream file(b.finish({{"in", "w"}, {"w", "lif"}, {"lif", "out"}}), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// 1 to 24 bytes behind the signature drawn anew: strewn, or in one place.
std::string damaged(std::string bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto count = 1 + random() % 24;
  const auto from = 8 + random() % (bytes.size() - 8);
  for (std::uint64_t i = 0; i < count; ++i)
    bytes[seed % 2 ? 8 + random() % (bytes.size() - 8) : std::min(from + i, bytes.size() - 1)] = static_cast<char>(random());
  return bytes;
}

/// What is in the place of an input file: good enough to read, or refused. Anything else ends the test's process.
bool reads(const std::string& bytes) {
  const TemporaryFile file(".nir", bytes);
  try {
    load_nir(file.path());
    return true;
  } catch (const InputError& error) {
    CHECK(std::string(error.what()).rfind(file.path() + ": ", 0) == 0);
    return false;
  }
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("damage to a file's structures is refused or does no harm, whatever the library makes of it") {
    const std::string good = whole_file();
    REQUIRE(reads(good));
    int refused = 0;
    constexpr int files = 120;
    for (std::uint64_t seed = 1; seed <= files; ++seed) {
      CAPTURE(seed);
      refused += !reads(damaged(good, seed));
    }
    CHECK(refused > files / 10);
  }

  TEST_CASE("so is damage to an input in HDF5") {
    const TemporaryFile whole(".h5");
    const hsize_t size[] = {3, 2};
    const std::vector<double> values{0, 1, 0, 0, 1, 1};
    {
      H5::H5File store(whole.path(), H5F_ACC_TRUNC);
      store.createDataSet("data", H5::PredType::IEEE_F64LE, H5::DataSpace(2, size)).write(values.data(), H5::PredType::NATIVE_DOUBLE);
    }
    CHECK(load_spike_input(whole.path(), {2, 1e-3, 0, 1}) == InputSteps{{0, 1}, {0, 0}, {1, 1}});
    std::ifstream stream(whole.path(), std::ios::binary);
    const std::string good{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    int refused = 0;
    constexpr int files = 60;
    for (std::uint64_t seed = 1; seed <= files; ++seed) {
      const TemporaryFile file(".h5", damaged(good, seed));
      CAPTURE(seed);
      try {
        load_spike_input(file.path(), {2, 1e-3, 0, 1});
      } catch (const InputError& error) {
        CHECK(std::string(error.what()).rfind(file.path() + ": ", 0) == 0);
        ++refused;
      }
    }
    CHECK(refused > files / 10);
  }
}
