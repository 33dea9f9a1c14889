#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/format/mapping_file.hpp"

namespace moesaic::mappings {

namespace {

void read_head(const Node& root, Mapping& mapping) {
  read_mapping_head(root, mapping);
  mapping.chips_across = static_cast<std::int32_t>(root.at("chips_across").integer_in(1, 1 << 14));
  mapping.chips_down = static_cast<std::int32_t>(root.at("chips_down").integer_in(1, 1 << 14));
  mapping.resident = root.at("weights").choice({"resident", "streamed"}) == 0;
  for (const Node& row : root.at("populations").items()) {
    const auto cells = row.items();
    if (cells.size() != 3 && cells.size() != 4)
      row.fail("expected [name, cluster, expert] or [name, cluster, expert, replica]");
    mapping.populations.push_back(
        {cells[0].text(), read_index(cells[1]), read_index(cells[2], -1), cells.size() == 4 ? read_index(cells[3]) : 0});
    const auto& population = mapping.populations.back();
    if (population.expert >= static_cast<std::int32_t>(mapping.replicas.size()))
      cells[2].fail(fmt::format("expert {}, there are {}", population.expert, mapping.replicas.size()));
  }
}

} // namespace

Mapping load_mapping(const std::string& file) {
  const Document document = parse_mapping_file(file);
  const Node root = document.root();
  if (const auto kind = root.find("machine_kind"))
    kind->fail(fmt::format("a mapping for a machine of kind {}, expected one for a neuromorphic machine", kind->text()));
  Mapping mapping;
  read_head(root, mapping);
  const std::vector<Table> tables = read_tables(root, table_layouts(), file);
  try {
    from_tables(tables, mapping);
  } catch (const InputError& e) {
    throw InputError(fmt::format("{}: {}", file, e.what()));
  }
  document.reject_unread_keys();
  return mapping;
}

} // namespace moesaic::mappings
