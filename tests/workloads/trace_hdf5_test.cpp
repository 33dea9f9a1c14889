// HDF5 files that are valid and yet no trace: each is refused with a reason.
#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <random>

#include <H5Cpp.h>

#include "description/error.hpp"
#include "tests/workloads/temporary_file.hpp"
#include "workloads/trace_file.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

MoeLayer small_layer() {
  MoeLayer layer;
  layer.routed = 4;
  layer.router.top_k = 2;
  return layer;
}

/// A good trace of two tokens and two layers after `change`: the reader's complaint after the file's name, "" for
/// none.
std::string error_after(const std::function<void(H5::H5File&)>& change) {
  const TemporaryFile file(".h5");
  const Routing routing{2, 2, 4, {0, 1, 2, 3}, {1, 1, 1, 1}};
  write_trace(file.path(), {{routing, routing}});
  {
    H5::H5File opened(file.path(), H5F_ACC_RDWR);
    change(opened);
  }
  try {
    read_trace(file.path(), small_layer());
  } catch (const InputError& e) {
    return std::string(e.what()).substr(file.path().size());
  }
  return "";
}

void replace_attribute(H5::H5File& file, const char* name, const H5::DataType& type, const H5::DataSpace& space,
                       const void* value) {
  file.removeAttr(name);
  const H5::Attribute attribute = file.createAttribute(name, type, space);
  if (value != nullptr)
    attribute.write(type, value);
}

void replace_dataset(H5::H5File& file, const char* name, const H5::PredType& type, hsize_t tokens, hsize_t width) {
  file.unlink(name);
  const hsize_t size[] = {tokens, width};
  file.createDataSet(name, type, H5::DataSpace(2, size));
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("the format's name may be of variable length, as h5py writes it") {
    const char* name = "moesaic routing trace";
    const H5::StrType text(H5::PredType::C_S1, H5T_VARIABLE);
    CHECK(error_after([](H5::H5File&) {}) == "");
    CHECK(error_after([&](H5::H5File& f) { replace_attribute(f, "format", text, H5::DataSpace(), &name); }) == "");
    // Several or absent texts made HDF5's reader write and read where nothing is.
    const hsize_t many[] = {64};
    const std::vector<const char*> names(64, name);
    CHECK(error_after([&](H5::H5File& f) {
            replace_attribute(f, "format", text, H5::DataSpace(1, many), names.data());
          }).find("format: not one text") != std::string::npos);
    CHECK(error_after([&](H5::H5File& f) { replace_attribute(f, "format", text, H5::DataSpace(), nullptr); }) ==
          ": not a moesaic routing trace");
  }

  TEST_CASE("attributes and datasets of other types are refused, not converted") {
    const double layers = 2.5;
    CHECK(error_after([&](H5::H5File& f) {
            replace_attribute(f, "layers", H5::PredType::NATIVE_DOUBLE, H5::DataSpace(), &layers);
          }).find("layers: not one whole number") != std::string::npos);
    CHECK(error_after([](H5::H5File& f) {
            replace_dataset(f, "layer_0/expert", H5::PredType::NATIVE_DOUBLE, 2, 2);
          }) == ": layer_0/expert: expected whole numbers");
    CHECK(error_after([](H5::H5File& f) {
            replace_dataset(f, "layer_1/weight", H5::PredType::NATIVE_INT, 2, 2);
          }) == ": layer_1/weight: expected floating-point numbers");
  }

  TEST_CASE("shapes that do not fit are refused") {
    const auto& whole = H5::PredType::NATIVE_INT;
    CHECK(error_after([&](H5::H5File& f) { replace_dataset(f, "layer_0/expert", whole, 2, 3); }) ==
          ": layer_0/expert: 3 choices per token, expected 2");
    CHECK(error_after([&](H5::H5File& f) { replace_dataset(f, "layer_0/expert", whole, 3, 2); }) ==
          ": layer_0: weight has not as many tokens as expert");
    CHECK(error_after([&](H5::H5File& f) { replace_dataset(f, "layer_0/expert", whole, 0, 2); }) != "");
    CHECK(error_after([&](H5::H5File& f) { f.unlink("layer_1/expert"); }).find("not a readable") !=
          std::string::npos);
    CHECK(error_after([&](H5::H5File& f) {
            f.unlink("layer_1");
            f.createGroup("layer_1");
            const Routing one{1, 2, 4, {0, 1}, {1, 1}};
            const hsize_t size[] = {1, 2};
            f.createDataSet("layer_1/expert", H5::PredType::NATIVE_INT32, H5::DataSpace(2, size))
                .write(one.expert.data(), H5::PredType::NATIVE_INT32);
            f.createDataSet("layer_1/weight", H5::PredType::NATIVE_FLOAT, H5::DataSpace(2, size))
                .write(one.weight.data(), H5::PredType::NATIVE_FLOAT);
          }) == ": layer_1 has 1 tokens, layer_0 has 2");
  }
}

namespace {

/// Most of so small a file is empty: bytes other than zero, drawn anew.
std::string damaged_in_use(std::string bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> used;
  for (std::size_t i = 8; i < bytes.size(); ++i)
    if (bytes[i] != 0)
      used.push_back(i);
  for (std::uint64_t left = 1 + random() % 24; left > 0; --left)
    bytes[used[random() % used.size()]] = static_cast<char>(random());
  return bytes;
}

} // namespace

TEST_SUITE("property") {
  TEST_CASE("damage to a trace's structures is refused or does no harm, whatever the library makes of it") {
    const TemporaryFile whole(".h5");
    const Routing routing{2, 2, 4, {0, 1, 2, 3}, {1, 1, 1, 1}};
    write_trace(whole.path(), {{routing, routing}});
    std::ifstream in(whole.path(), std::ios::binary);
    const std::string good{std::istreambuf_iterator<char>(in), {}};
    constexpr int files = 150;
    int refused = 0;
    for (std::uint64_t seed = 1; seed <= files; ++seed) {
      CAPTURE(seed);
      const TemporaryFile file(".h5", damaged_in_use(good, seed));
      try {
        const Routing start = read_trace_layer(file.path(), small_layer(), 1, 1);
        CHECK(trace_defect(small_layer(), start.expert.data(), start.weight.data()).empty());
        CHECK(read_trace(file.path(), small_layer()).layers.at(1).part(0, 1).expert == start.expert);
      } catch (const InputError& error) {
        CHECK(std::string(error.what()).rfind(file.path() + ": ", 0) == 0);
        ++refused;
      }
    }
    CHECK(refused > files / 10);
    CHECK(refused < files);
  }
}
