#include <fmt/format.h>

#include "mappings/format/mapping_file.hpp"

namespace moesaic::mappings {

namespace {

std::string head(const Mapping& mapping) {
  std::string text = head_text(mapping);
  text += fmt::format("chips_across: {}\nchips_down: {}\n", mapping.chips_across, mapping.chips_down);
  text += fmt::format("weights: {}\n", mapping.resident ? "resident" : "streamed");
  text += replicas_text(mapping);
  text += "populations: # name, cluster, expert (-1: none), replica (0 where not given)\n";
  for (const MappedPopulation& population : mapping.populations) {
    const std::string replica = population.replica > 0 ? fmt::format(", {}", population.replica) : "";
    text += fmt::format("  - [{}, {}, {}{}]\n", quoted(population.name), population.cluster, population.expert, replica);
  }
  return text;
}

} // namespace

std::string mapping_text(const Mapping& mapping) {
  std::string text = head(mapping);
  for (const Table& table : to_tables(mapping))
    text += table_text(table);
  return text;
}

void save_mapping(const Mapping& mapping, const std::string& file, TablePlace place) {
  write_mapping_file(head(mapping), to_tables(mapping), file, place);
}

} // namespace moesaic::mappings
