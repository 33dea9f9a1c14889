// Workloads of OpenCog Hyperon: relations that are generated, queries on them, and what others have published of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "description/document.hpp"
#include "workloads/hyperon/generate.hpp"
#include "workloads/hyperon/space.hpp"

namespace moesaic::workloads::hyperon {

/// Somebody's measured time for one query.
struct Published {
  std::string query, by; ///< by whom, with which program on which machine
  Figure time;           ///< seconds
  std::uint64_t answers = 0; ///< 0: not published
  std::string source_title;
};

/// Somebody's measured rate of queries without variables: is this atom there?
struct PublishedRate {
  std::string by;
  Figure rate; ///< per second
  std::string source_title;
};

/// `kind: hyperon` in workloads/catalog.
struct Workload {
  std::string name, title;
  Symbol symbols = 0;
  std::vector<RelationPlan> relations;
  std::vector<Query> queries;
  std::vector<Published> published;
  std::vector<PublishedRate> rates;
};

/// Reads a catalog entry or a .yaml file of `kind: hyperon`. Throws InputError with file, line, column and key path.
/// `scale`, above 0 and at most 1, multiplies symbols and facts (functions by table: their symbols); what others published of the
/// whole is left out then, and the title says it.
Workload load_workload(const std::string& name_or_file, double scale = 1);
Workload read_workload(const Document& document, double scale = 1);

/// "(edge $x $y) (edge $y $z)" over the relations; `head` "$x $z", or "" for all variables. Throws InputError that names the
/// clause, without a place.
Query parse_query(const std::string& name, const std::string& text, const std::string& head,
                  const std::vector<RelationPlan>& relations, Symbol symbols);

/// All relations of the workload, the same bits for the same seed.
Space make_space(const Workload& workload, std::uint64_t seed);

} // namespace moesaic::workloads::hyperon
