#include "sim/machine/query_record.hpp"

#include <fmt/format.h>

#include "description/unit.hpp"
#include "results/verdict.hpp"
#include "workloads/hyperon/workload.hpp"

namespace moesaic::sim {

std::string query_name(const QueryTask& task) {
  return task.workload->name + "/" + task.workload->queries[task.query].name;
}

results::RunRecord query_record(const QueryTask& task) {
  results::RunRecord record;
  record.workload = query_name(task);
  return record;
}

void add_query_statistics(results::RunRecord& record, std::uint64_t answers, double ready_seconds, double point_queries) {
  record.statistics.push_back({results::query_answers, "answers", "total", "answers to the query", double(answers)});
  record.statistics.push_back({"ready_seconds", "s", "total",
                               "before the query and not part of it: building indexes, or bringing atoms to L1", ready_seconds});
  record.statistics.push_back({"point_queries", "1/s", "total", "whole atoms looked for, one after the other", point_queries});
  record.notes.push_back(fmt::format("{}: {} answers; {} before the query (indexes, or atoms to L1); {}/s point queries, one "
                                     "after the other",
                                     record.workload, answers, format_quantity(ready_seconds, "s"),
                                     format_quantity(point_queries, "")));
}

int largest_relation(const workloads::hyperon::Space& space) {
  std::size_t largest = 0;
  for (std::size_t r = 1; r < space.relations.size(); ++r)
    if (space.relations[r].size() > space.relations[largest].size())
      largest = r;
  return static_cast<int>(largest);
}

} // namespace moesaic::sim
