// Published cycle formulas of bit-serial machines beside the steps of our micro-programs.
#include <fmt/format.h>

#include "hw/associative/bit_serial.hpp"
#include "sim/validation/validate.hpp"

namespace moesaic::sim {

void validate_bit_serial(const std::string& published, std::vector<results::ValidationRow>& rows) {
  const Document figures = Document::load(catalog_file("results/published", published, "published figures"));
  const Node root = figures.root();
  const auto machine = hw::associative::read_bit_serial(
      Document::load(catalog_file("hw/catalog", root.at("machine").text(), "machine")));
  const std::string source = root.at("source").text();
  if (!figures.sources().count(source))
    root.at("source").fail("is no key of sources");
  for (const auto& item : root.at("cycles").items()) {
    const std::string name = item.at("op").text();
    std::vector<double> formula;
    for (const auto& coefficient : item.at("formula").items())
      formula.push_back(coefficient.number());
    if (formula.size() != 3)
      item.at("formula").fail("expected three coefficients: of n squared, of n, and the constant");
    for (const auto& bits : root.at("bits").items()) {
      const double n = bits.number();
      rows.push_back({fmt::format("{}, operations by our micro-programs (formulas recalled)", machine.title),
                      fmt::format("{}, {} bits", name, n), "cycles", double(machine.steps(name, int(n)).size()),
                      (formula[0] * n + formula[1]) * n + formula[2], source, false});
    }
  }
  figures.reject_unread_keys();
}

} // namespace moesaic::sim
