#include <cstdio>
#include <fstream>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/format/table_file.hpp"

namespace moesaic::mappings {

namespace {

constexpr std::size_t most_rows_inside = 4096;

/// A text as YAML reads it back: in single quotes, whose only escape is the doubled quote.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text)
    result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

std::string head(const Mapping& mapping) {
  std::string text = "# A mapping: who computes what, where. Edit it by hand, then `moesaic check` it.\n";
  text += "kind: mapping\nversion: 1\n";
  text += fmt::format("machine: {}\nworkload: {}\n", quoted(mapping.machine), quoted(mapping.workload));
  text += fmt::format("strategy: {}\nobjective: {}\nseed: {}\n", quoted(mapping.strategy),
                      quoted(mapping.objective), mapping.seed);
  text += fmt::format("chips_across: {}\nchips_down: {}\n", mapping.chips_across, mapping.chips_down);
  text += fmt::format("weights: {}\n", mapping.resident ? "resident" : "streamed");
  text += fmt::format("replicas: [{}]\n", fmt::join(mapping.replicas, ", "));
  if (Replicas(mapping.replicas).any())
    text += fmt::format("replica_rule: {}\n", replica_rule_names()[static_cast<std::size_t>(mapping.replica_rule)]);
  text += "populations: # name, cluster, expert (-1: none), replica (0 where not given)\n";
  for (const MappedPopulation& population : mapping.populations) {
    const std::string replica = population.replica > 0 ? fmt::format(", {}", population.replica) : "";
    text += fmt::format("  - [{}, {}, {}{}]\n", quoted(population.name), population.cluster, population.expert, replica);
  }
  return text;
}

std::string inside(const Table& table) {
  std::string text = fmt::format("{}:\n  columns: [{}]\n  rows:", table.name, fmt::join(table.columns, ", "));
  if (table.rows() == 0)
    return text + " []\n";
  text += "\n";
  const std::size_t n = table.columns.size();
  for (std::size_t i = 0; i < table.cells.size(); i += n)
    text += fmt::format("    - [{}]\n", fmt::join(table.cells.data() + i, table.cells.data() + i + n, ", "));
  return text;
}

std::string stem(const std::string& file) {
  const std::size_t dot = file.find_last_of('.'), slash = file.find_last_of('/');
  return dot != std::string::npos && (slash == std::string::npos || dot > slash) ? file.substr(0, dot) : file;
}

} // namespace

std::string mapping_text(const Mapping& mapping) {
  std::string text = head(mapping);
  for (const Table& table : to_tables(mapping))
    text += inside(table);
  return text;
}

void save_mapping(const Mapping& mapping, const std::string& file, TablePlace place) {
  const std::vector<Table> tables = to_tables(mapping);
  std::size_t rows = 0;
  for (const Table& table : tables)
    rows += table.rows();
  std::string text = head(mapping);
  if (place == TablePlace::beside || (place == TablePlace::automatic && rows > most_rows_inside)) {
    const std::string path = stem(file) + ".h5";
    write_table_file(tables, path);
    text += fmt::format("tables:\n  file: {}\n  digest: '{}'\n",
                        quoted(path.substr(path.find_last_of('/') + 1)), file_digest(path));
  } else {
    for (const Table& table : tables)
      text += inside(table);
  }
  const std::string unfinished = file + ".part";
  std::ofstream out(unfinished, std::ios::trunc);
  out << text;
  out.close();
  if (!out || std::rename(unfinished.c_str(), file.c_str()) != 0) {
    std::remove(unfinished.c_str());
    throw InputError(file + ": cannot be written");
  }
}

} // namespace moesaic::mappings
