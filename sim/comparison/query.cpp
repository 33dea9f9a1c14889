#include "sim/comparison/query.hpp"

#include <fmt/format.h>

#include "description/unit.hpp"
#include "results/verdict.hpp"
#include "sim/comparison/run.hpp"
#include "sim/environment.hpp"
#include "workloads/hyperon/workload.hpp"

namespace moesaic::sim {

namespace {

namespace hyperon = workloads::hyperon;

struct Loaded {
  std::shared_ptr<const hyperon::Workload> workload;
  std::shared_ptr<const hyperon::Space> space;
};

Loaded load(const ComparisonRequest& request) {
  const auto workload = std::make_shared<const hyperon::Workload>(hyperon::load_workload(request.workload, request.scale));
  return {workload, std::make_shared<const hyperon::Space>(hyperon::make_space(*workload, request.seed))};
}

std::string cited(const Figure& figure, const std::string& source_title) {
  return fmt::format("{}; confidence {}{}", source_title, to_string(figure.confidence),
                     figure.note.empty() ? "" : "; " + figure.note);
}

void add_published(const hyperon::Workload& workload, const std::string& query, results::RunRecord& record) {
  for (const auto& p : workload.published)
    if (p.query == query)
      record.notes.push_back(fmt::format("published, not of this run: {} takes {}{} ({}): {}", p.by,
                                         format_quantity(p.time.value, "s"),
                                         p.answers ? fmt::format(" for {} answers", p.answers) : "", record.workload,
                                         cited(p.time, p.source_title)));
  for (const auto& rate : workload.rates)
    record.notes.push_back(fmt::format("published, not of this run: {} answers {}/s point queries: {}", rate.by,
                                       format_quantity(rate.rate.value, ""), cited(rate.rate, rate.source_title)));
}

} // namespace

results::Run compare_query_workload(const ComparisonRequest& request) {
  const Loaded loaded = load(request);
  const auto& queries = loaded.workload->queries;
  Comparison comparison = prepare(request);
  comparison.run.title = loaded.workload->title;
  run_tasks(comparison, queries.size(), [&](const Machine& machine, std::size_t i) {
    return machine.answer(QueryTask{loaded.workload, loaded.space, i});
  });
  auto& records = comparison.run.records;
  for (std::size_t i = 0; i < queries.size() && i < records.size(); ++i)
    add_published(*loaded.workload, queries[i].name, records[i]);
  return std::move(comparison.run);
}

std::vector<results::UnitSpans> query_units(const ComparisonRequest& request, const results::Run& run,
                                            const results::TraceWindow& window) {
  const Loaded loaded = load(request);
  return unit_spans(request, run, loaded.workload->queries.size(), window,
                    [&](const Machine& machine, std::size_t i, const results::TraceWindow& own) {
                      return machine.units(QueryTask{loaded.workload, loaded.space, i}, own);
                    });
}

std::vector<AnswerCheck> check_query_workload(const ComparisonRequest& request) {
  const Loaded loaded = load(request);
  std::vector<AnswerRun> runs; // all are prepared before the first: what is refused, is refused before anything runs
  for (const auto& name : request.machines) {
    const auto machine = make_machine(name);
    if (results::is_baseline(machine->kind()))
      continue;
    for (std::size_t i = 0; i < loaded.workload->queries.size(); ++i)
      runs.push_back(machine->prepare_answers(QueryTask{loaded.workload, loaded.space, i}));
  }
  std::vector<AnswerCheck> checks;
  for (auto& run : runs) {
    std::function<void(double)> progress;
    if (shows_progress())
      progress = [&](double share) {
        fmt::print(stderr, "\rquery {} of {} with values: {:3.0f} %\033[K", checks.size() + 1, runs.size(), 100 * share);
      };
    AnswerCheck check = run(progress);
    checks.push_back(std::move(check));
    run = nullptr; // and what it held
  }
  if (shows_progress())
    fmt::print(stderr, "\r\033[K");
  return checks;
}

std::string answer_table(const std::vector<AnswerCheck>& checks) {
  std::string text = fmt::format("{:12} {:32} {:>12} {:>12} {:>12}  {}\n", "values", "query", "answers", "by the join",
                                 "tuples read", "verdict");
  for (const auto& check : checks)
    text += fmt::format("{:12} {:32} {:>12} {:>12} {:>12}  {}\n", check.machine, check.workload, check.found, check.expected,
                        check.tuples, check.equal ? "equal" : "DIFFERENT");
  return text;
}

} // namespace moesaic::sim
