// A whole .safetensors file of any bytes: read, or refused with an InputError.
#include <cstddef>
#include <cstdint>

#include "description/error.hpp"
#include "tests/fuzz/fuzzed_file.hpp"
#include "workloads/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const FuzzedFile file(".safetensors");
  file.write(data, size);
  try {
    const moesaic::workloads::Checkpoint checkpoint(file.path());
    for (const auto& name : checkpoint.names()) {
      try {
        const auto& shape = checkpoint.entry(name).shape;
        if (shape.size() == 2 && shape[0] < 1024 && shape[1] < 1024)
          checkpoint.read_matrix(name, static_cast<int>(shape[0]), static_cast<int>(shape[1]));
        else
          checkpoint.read(name);
      } catch (const moesaic::InputError&) {
      }
    }
  } catch (const moesaic::InputError&) {
  }
  return 0;
}
