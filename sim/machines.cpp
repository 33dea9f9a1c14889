#include "sim/machine.hpp"

namespace moesaic::sim {

std::unique_ptr<Machine> make_machine(const Document& description) {
  switch (description.root().at("kind").choice({"neuromorphic", "associative", "gpu"})) {
  case 0:
    return make_neuromorphic_machine(description);
  case 1:
    return make_associative_machine(description);
  default:
    return make_gpu_machine(description);
  }
}

std::unique_ptr<Machine> make_machine(const std::string& name_or_file) {
  return make_machine(Document::load(catalog_file("hw/catalog", name_or_file, "machine")));
}

} // namespace moesaic::sim
