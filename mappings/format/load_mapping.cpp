#include <fstream>
#include <limits>
#include <sstream>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/error.hpp"
#include "mappings/format/table_file.hpp"

namespace moesaic::mappings {

namespace {

constexpr std::size_t largest_file = std::size_t{64} << 20;
constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();

/// Anchors and aliases outside quotes and comments: a few lines of them expand to more than any memory holds.
void reject_aliases(const std::string& text, const std::string& file) {
  int line = 1, column = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    ++column;
    if (c == '\n') {
      ++line;
      column = 0;
    } else if (quote) {
      quote = c == quote ? 0 : quote;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '#') {
      while (i + 1 < text.size() && text[i + 1] != '\n')
        ++i;
    } else if (c == '&' || c == '*' || c == '!') {
      throw InputError(
          fmt::format("{}:{}:{}: '{}': anchors, aliases and tags are not supported", file, line, column, c));
    }
  }
}

std::string read_text(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || in.peek() == std::ifstream::traits_type::eof())
    throw InputError(file + (in.is_open() ? ": the file is empty" : ": cannot be read"));
  std::string text;
  std::vector<char> chunk(1 << 16);
  while (in.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || in.gcount() > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > largest_file)
      throw InputError(fmt::format("{}: larger than {} MiB; larger tables belong into an HDF5 file beside it",
                                   file, largest_file >> 20));
  }
  if (text.find('\0') != std::string::npos)
    throw InputError(file + ": is not text");
  reject_aliases(text, file);
  return text;
}

std::int32_t index(const Node& node, std::int64_t least = 0) {
  return static_cast<std::int32_t>(node.integer_in(least, most));
}

Table read_inside(const Node& node, const Table& layout) {
  Table table{layout.name, layout.columns, {}};
  const auto columns = node.at("columns").items();
  bool same = columns.size() == layout.columns.size();
  for (std::size_t i = 0; same && i < columns.size(); ++i)
    same = columns[i].text() == layout.columns[i];
  if (!same)
    node.at("columns").fail(fmt::format("expected [{}]", fmt::join(layout.columns, ", ")));
  for (const Node& row : node.at("rows").items()) {
    const auto cells = row.items();
    if (cells.size() != columns.size())
      row.fail(fmt::format("{} numbers, expected {}", cells.size(), columns.size()));
    for (const Node& cell : cells)
      table.cells.push_back(index(cell));
  }
  return table;
}

std::vector<Table> read_beside(const Node& node, const std::string& file) {
  const std::string name = node.at("file").text();
  if (name.empty() || name.find('/') != std::string::npos || name == "..")
    node.at("file").fail("expected the name of a file in the same folder");
  const std::size_t slash = file.find_last_of('/');
  const std::string path = slash == std::string::npos ? name : file.substr(0, slash + 1) + name;
  const std::string wanted = node.at("digest").text(), found = file_digest(path);
  if (wanted != found)
    node.at("digest").fail(
        fmt::format("{} has the digest {}: it belongs to another mapping, or was changed", path, found));
  return read_table_file(path);
}

void read_head(const Node& root, Mapping& mapping) {
  root.at("kind").choice({"mapping"});
  root.at("version").integer_in(1, 1);
  mapping.machine = root.at("machine").text();
  mapping.workload = root.at("workload").text();
  mapping.strategy = root.at("strategy").text();
  mapping.objective = root.at("objective").text();
  mapping.seed =
      static_cast<std::uint64_t>(root.at("seed").integer_in(0, std::numeric_limits<std::int64_t>::max()));
  mapping.chips_across = static_cast<std::int32_t>(root.at("chips_across").integer_in(1, 1 << 14));
  mapping.chips_down = static_cast<std::int32_t>(root.at("chips_down").integer_in(1, 1 << 14));
  mapping.resident = root.at("weights").choice({"resident", "streamed"}) == 0;
  for (const Node& count : root.at("replicas").items())
    mapping.replicas.push_back(static_cast<std::int32_t>(count.integer_in(0, 1 << 20)));
  if (Replicas(mapping.replicas).any() || root.has("replica_rule"))
    mapping.replica_rule = static_cast<ReplicaRule>(
        root.at("replica_rule").choice({replica_rule_names().begin(), replica_rule_names().end()}));
  for (const Node& row : root.at("populations").items()) {
    const auto cells = row.items();
    if (cells.size() != 3 && cells.size() != 4)
      row.fail("expected [name, cluster, expert] or [name, cluster, expert, replica]");
    mapping.populations.push_back(
        {cells[0].text(), index(cells[1]), index(cells[2], -1), cells.size() == 4 ? index(cells[3]) : 0});
    const auto& population = mapping.populations.back();
    if (population.expert >= static_cast<std::int32_t>(mapping.replicas.size()))
      cells[2].fail(fmt::format("expert {}, there are {}", population.expert, mapping.replicas.size()));
  }
}

} // namespace

Mapping load_mapping(const std::string& file) {
  const Document document = Document::parse(read_text(file), file);
  const Node root = document.root();
  Mapping mapping;
  read_head(root, mapping);
  std::vector<Table> tables;
  if (const auto beside = root.find("tables")) {
    tables = read_beside(*beside, file);
  } else {
    for (const Table& layout : table_layouts())
      tables.push_back(read_inside(root.at(layout.name), layout));
  }
  try {
    from_tables(tables, mapping);
  } catch (const InputError& e) {
    throw InputError(fmt::format("{}: {}", file, e.what()));
  }
  document.reject_unread_keys();
  return mapping;
}

} // namespace moesaic::mappings
