#include "workloads/sourced_block.hpp"

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

Node sourced_block(const Document& document, const std::string& key) {
  const Node block = document.root().at(key);
  const Node source = block.at("source");
  std::vector<std::string> known;
  for (const auto& entry : document.sources())
    known.push_back(entry.first);
  if (!document.sources().count(source.text()))
    source.fail(
        fmt::format("'{}' is not among `sources`{}", source.text(), suggestion(source.text(), known)));
  block.at("confidence").choice({"exact", "high", "medium", "low"});
  block.find("note");
  return block;
}

} // namespace moesaic::workloads
