// The bytes of a valid HDF5 trace, some of them changed: three bytes of the input are where and what to.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "description/error.hpp"
#include "tests/fuzz/fuzzed_file.hpp"
#include "workloads/trace_file.hpp"

namespace {

using namespace moesaic::workloads;

std::string valid_image(const std::string& path) {
  const Routing two{2, 2, 4, {0, 1, 2, 3}, {1, 1, 1, 1}};
  write_trace(path, {{two, two}});
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const FuzzedFile file(".h5");
  static const std::string valid = valid_image(file.path());
  MoeLayer layer;
  layer.routed = 4;
  layer.router.top_k = 2;
  std::string image = valid;
  for (std::size_t i = 0; i + 3 <= size; i += 3)
    image[(data[i] | std::size_t{data[i + 1]} << 8) % 8192 % image.size()] = static_cast<char>(data[i + 2]);
  file.write(reinterpret_cast<const std::uint8_t*>(image.data()), image.size());
  try {
    stream_trace(file.path(), layer, 65536, [](int, std::int64_t, const Routing&) {}); // in this process, to see crashes
  } catch (const moesaic::InputError&) {
  }
  return 0;
}
