// A config.json of any bytes.
#include <cstddef>
#include <cstdint>
#include <string>

#include "description/error.hpp"
#include "workloads/hugging_face_config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto layer = moesaic::workloads::parse_hugging_face_config(
        std::string(reinterpret_cast<const char*>(data), size), "folder/config.json");
    if (layer.hidden < 1 || layer.routed < layer.router.top_k || layer.moe_layers() < 1)
      __builtin_trap(); // read, and yet impossible
  } catch (const moesaic::InputError&) {
  }
  return 0;
}
