#include "mappings/format/mapping_file.hpp"

#include <cstdio>
#include <fstream>
#include <limits>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/format/table_file.hpp"

namespace moesaic::mappings {

namespace {

constexpr std::size_t most_rows_inside = 4096;
constexpr std::size_t largest_file = std::size_t{64} << 20;
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
      table.cells.push_back(read_index(cell));
  }
  return table;
}

std::vector<Table> read_beside(const Node& node, const std::vector<Table>& layouts, const std::string& file) {
  const std::string name = node.at("file").text();
  if (name.empty() || name.find('/') != std::string::npos || name == "..")
    node.at("file").fail("expected the name of a file in the same folder");
  const std::size_t slash = file.find_last_of('/');
  const std::string path = slash == std::string::npos ? name : file.substr(0, slash + 1) + name;
  const std::string wanted = node.at("digest").text(), found = file_digest(path);
  if (wanted != found)
    node.at("digest").fail(
        fmt::format("{} has the digest {}: it belongs to another mapping, or was changed", path, found));
  return read_table_file(path, layouts);
}

std::string stem(const std::string& file) {
  const std::size_t dot = file.find_last_of('.'), slash = file.find_last_of('/');
  return dot != std::string::npos && (slash == std::string::npos || dot > slash) ? file.substr(0, dot) : file;
}

} // namespace

Document parse_mapping_file(const std::string& file) {
  return Document::parse(read_text(file), file);
}

std::int32_t read_index(const Node& node, std::int64_t least) {
  return static_cast<std::int32_t>(node.integer_in(least, std::numeric_limits<std::int32_t>::max()));
}

void read_mapping_head(const Node& root, MappingHead& head) {
  root.at("kind").choice({"mapping"});
  root.at("version").integer_in(1, 1);
  head.machine = root.at("machine").text();
  head.workload = root.at("workload").text();
  head.strategy = root.at("strategy").text();
  head.objective = root.at("objective").text();
  head.seed = static_cast<std::uint64_t>(root.at("seed").integer_in(0, std::numeric_limits<std::int64_t>::max()));
  for (const Node& count : root.at("replicas").items())
    head.replicas.push_back(static_cast<std::int32_t>(count.integer_in(0, 1 << 20)));
  if (Replicas(head.replicas).any() || root.has("replica_rule"))
    head.replica_rule = static_cast<ReplicaRule>(
        root.at("replica_rule").choice({replica_rule_names().begin(), replica_rule_names().end()}));
}

std::string head_text(const MappingHead& head) {
  std::string text = "# A mapping: who computes what, where. Edit it by hand, then `moesaic check` it.\n";
  text += "kind: mapping\nversion: 1\n";
  text += fmt::format("machine: {}\nworkload: {}\n", quoted(head.machine), quoted(head.workload));
  return text + fmt::format("strategy: {}\nobjective: {}\nseed: {}\n", quoted(head.strategy), quoted(head.objective),
                            head.seed);
}

std::string replicas_text(const MappingHead& head) {
  std::string text = fmt::format("replicas: [{}]\n", fmt::join(head.replicas, ", "));
  if (Replicas(head.replicas).any())
    text += fmt::format("replica_rule: {}\n", replica_rule_names()[static_cast<std::size_t>(head.replica_rule)]);
  return text;
}

std::vector<Table> read_tables(const Node& root, const std::vector<Table>& layouts, const std::string& file) {
  if (const auto beside = root.find("tables"))
    return read_beside(*beside, layouts, file);
  std::vector<Table> tables;
  for (const Table& layout : layouts)
    tables.push_back(read_inside(root.at(layout.name), layout));
  return tables;
}

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text)
    result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

std::string table_text(const Table& table) {
  std::string text = fmt::format("{}:\n  columns: [{}]\n  rows:", table.name, fmt::join(table.columns, ", "));
  if (table.rows() == 0)
    return text + " []\n";
  text += "\n";
  const std::size_t n = table.columns.size();
  for (std::size_t i = 0; i < table.cells.size(); i += n)
    text += fmt::format("    - [{}]\n", fmt::join(table.cells.data() + i, table.cells.data() + i + n, ", "));
  return text;
}

void write_mapping_file(const std::string& head, const std::vector<Table>& tables, const std::string& file, TablePlace place) {
  std::size_t rows = 0;
  for (const Table& table : tables)
    rows += table.rows();
  std::string text = head;
  if (place == TablePlace::beside || (place == TablePlace::automatic && rows > most_rows_inside)) {
    const std::string path = stem(file) + ".h5";
    write_table_file(tables, path);
    text += fmt::format("tables:\n  file: {}\n  digest: '{}'\n",
                        quoted(path.substr(path.find_last_of('/') + 1)), file_digest(path));
  } else {
    for (const Table& table : tables)
      text += table_text(table);
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
