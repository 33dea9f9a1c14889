// What the files of all mappings have in common: text without anchors and aliases, tables inside it or beside it.
#pragma once

#include <string>
#include <vector>

#include "description/document.hpp"
#include "mappings/format/mapping.hpp"
#include "mappings/format/table.hpp"

namespace moesaic::mappings {

/// Parses a mapping file. InputError when it is absent, empty, larger than 64 MiB, no text, or has anchors, aliases or
/// tags: a few lines of them expand to more than any memory holds.
Document parse_mapping_file(const std::string& file);

/// A whole number from `least` to 2^31 - 1.
std::int32_t read_index(const Node& node, std::int64_t least = 0);

/// What all mappings begin with: `kind` and `version`, names, search options, replicas. InputError.
void read_mapping_head(const Node& root, MappingHead& head);
/// The same as text: all but the replicas, and these.
std::string head_text(const MappingHead& head);
std::string replicas_text(const MappingHead& head);

/// The tables of a mapping file, inside it or in the HDF5 file that it names. InputError.
std::vector<Table> read_tables(const Node& root, const std::vector<Table>& layouts, const std::string& file);

/// A text as YAML reads it back: in single quotes, whose only escape is the doubled quote.
std::string quoted(const std::string& text);

/// One table as YAML.
std::string table_text(const Table& table);

/// Writes the file, and the tables beside it when they have more than 4096 rows; each file appears whole or not at all.
/// Throws InputError when it cannot be written.
void write_mapping_file(const std::string& head, const std::vector<Table>& tables, const std::string& file, TablePlace place);

} // namespace moesaic::mappings
