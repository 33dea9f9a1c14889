// A mapping file of any bytes, tables inside it.
#include <cstddef>
#include <cstdint>

#include "description/error.hpp"
#include "mappings/format/mapping.hpp"
#include "tests/fuzz/fuzzed_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const FuzzedFile file(".yaml");
  file.write(data, size);
  try {
    moesaic::mappings::load_mapping(file.path());
  } catch (const moesaic::InputError&) {
  }
  return 0;
}
