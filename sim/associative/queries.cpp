#include "sim/associative/queries.hpp"

#include <fmt/format.h>

#include "description/error.hpp"
#include "description/unit.hpp"
#include "mappings/associative/hyperon/held_relations.hpp"
#include "mappings/associative/hyperon/lookup.hpp"
#include "mappings/associative/hyperon/match_run.hpp"
#include "sim/associative/record.hpp"
#include "sim/associative/value_limit.hpp"
#include "sim/machine/query_record.hpp"
#include "workloads/hyperon/join.hpp"
#include "workloads/hyperon/workload.hpp"

namespace moesaic::sim {

namespace {

using hw::associative::Description;
using mappings::associative::HeldRelation;
using mappings::associative::MatchProgram;
using mappings::associative::Program;

constexpr int together = 16, asked = 64; // point queries
constexpr double most_query_operations = 2e8; // with values: searches for the most part, which share their way through the planes

double seconds_of(const Description& d, const Program& program) {
  const auto ticks = run_associative(d, program, Corner::nominal).total;
  return double(ticks) / double(hw::associative::ticks_per_cycle) / d.clock.value;
}

double point_rate(const Description& d, const HeldRelation& held, int at_once) {
  return asked / seconds_of(d, lower_point_queries(d, held, asked, at_once));
}

/// What both ways of answering have.
void add_statistics(const Description& d, const QueryTask& task, const Program& program, std::uint64_t answers,
                    results::RunRecord& record) {
  const HeldRelation held = mappings::associative::hold_relation(d, *task.space, largest_relation(*task.space));
  const double load = program.resident_slots > 0 ? seconds_of(d, lower_load(d, program)) : 0;
  const bool fits = held.slots() <= d.l1_slots;
  add_query_statistics(record, answers, load, fits ? point_rate(d, held, 1) : 0);
  if (!fits)
    return;
  const double rate = point_rate(d, held, together);
  record.statistics.push_back({"point_queries_together", "1/s", "total", "whole atoms looked for, sixteen at a time", rate});
  record.notes.push_back(fmt::format("{}: {}/s point queries, sixteen at a time", record.workload, format_quantity(rate, "")));
}

void add_statistics(const MatchProgram& match, results::RunRecord& record) {
  record.statistics.push_back({"masked_searches", "searches", "total", "each over all its atoms", double(match.searches)});
  record.statistics.push_back({"tuples_read", "tuples", "total", "read out of the columns", double(match.reads)});
}

std::string plural(std::int64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

void add_notes(const MatchProgram& match, results::RunRecord& record) {
  record.notes.push_back(fmt::format("{}: {} masked searches over all atoms, {} tuples read out", record.workload,
                                     match.searches, match.reads));
  for (const auto& held : match.held)
    record.notes.push_back(fmt::format("{}: a tuple has {}; each core holds {} of columns, {}; {}", record.workload,
                                       plural(held.layout.words, "word"), plural(held.placement.groups, "vector"),
                                       held.placement.parts == 1 ? "all atoms" : fmt::format("a part of the atoms ({} parts)", held.placement.parts),
                                       held.resident ? "they are in L1 before the query" : "each step brings them from card memory"));
  record.notes.push_back("queries: how often each search and each reading happens is counted on the atoms themselves; with "
                         "`--values` the micro-programs find the same. A tuple is read word by word, each at the measured cost "
                         "of one call that reads marked data, which may be more than a call for several takes");
}

} // namespace

results::RunRecord answer_associative(const Document& document, const Description& d, const QueryTask& task) {
  const auto& query = task.workload->queries[task.query];
  const auto record_of = [&](const Program& program, std::uint64_t answers) {
    check(program, hw::associative::OperationSet(d, Corner::nominal));
    results::RunRecord record = record_associative_run(document, d, program);
    record.workload = query_name(task);
    add_statistics(d, task, program, answers, record);
    return record;
  };
  if (const auto plan = workloads::hyperon::plan_lookups(*task.space, query)) {
    results::RunRecord record = record_of(mappings::associative::lower_lookups(d, *task.space, query, *plan), count_by_lookups(*task.space, *plan));
    record.notes.push_back(fmt::format("{}: the first bindings lie in columns, one in each; every further clause is one look-up "
                                       "for all of them in a table that the control processors stream from L3",
                                       record.workload));
    return record;
  }
  const auto plan = mappings::associative::plan_match(*task.space, query);
  const auto match = mappings::associative::lower_match(d, *task.space, query, plan, false);
  results::RunRecord record = record_of(match.program, plan.answers);
  add_statistics(match, record);
  add_notes(match, record);
  return record;
}

Program query_program(const Description& d, const QueryTask& task) {
  const auto& query = task.workload->queries[task.query];
  if (const auto plan = workloads::hyperon::plan_lookups(*task.space, query))
    return mappings::associative::lower_lookups(d, *task.space, query, *plan);
  return mappings::associative::lower_match(d, *task.space, query, mappings::associative::plan_match(*task.space, query), false).program;
}

AnswerRun prepare_associative_answers(const Description& d, const QueryTask& task) {
  const auto& query = task.workload->queries[task.query];
  AnswerCheck blank;
  blank.machine = d.name;
  blank.workload = query_name(task);
  if (const auto plan = workloads::hyperon::plan_lookups(*task.space, query)) {
    const auto program = mappings::associative::lower_lookups(d, *task.space, query, *plan);
    return [d, task, plan, program, blank](const auto&) {
      AnswerCheck result = blank;
      result.expected = workloads::hyperon::Join(*task.space, task.workload->queries[task.query]).count();
      result.found = run_lookups(d, *task.space, *plan, program);
      result.equal = result.found == result.expected;
      return result;
    };
  }
  const auto plan = std::make_shared<const mappings::associative::MatchPlan>(mappings::associative::plan_match(*task.space, query));
  const auto match = std::make_shared<const MatchProgram>(mappings::associative::lower_match(d, *task.space, query, *plan, true));
  check(match->program, hw::associative::OperationSet(d, Corner::nominal));
  check_value_work(match->program, query_name(task), most_query_operations, "; --scale takes a part");
  return [d, task, plan, match, blank](const std::function<void(double)>& progress) {
    AnswerCheck result = blank;
    const auto found = run_match(d, *task.space, *plan, *match, progress);
    result.expected = plan->answers;
    result.found = found.counted ? found.count : plan->answers;
    result.equal = result.found == result.expected && found.read == expected_reads(*task.space, *plan);
    for (const auto& read : found.read)
      result.tuples += read.size();
    return result;
  };
}

} // namespace moesaic::sim
