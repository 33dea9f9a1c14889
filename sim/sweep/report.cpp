#include "sim/sweep/report.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/report_page.hpp"
#include "sim/sweep/page_points.hpp"

namespace moesaic::sim::sweep {

namespace {

using Chosen = std::vector<const CollectedPoint*>;

constexpr std::size_t most_with_ledger = 200; ///< that the page shows one by one

bool is_gpu(const CollectedPoint* point) {
  return point->result->like().kind == "gpu";
}

/// Behind the front the machines take turns, each with points from all over its own, so that the first few show them all.
void take_turns(const Plan& plan, Chosen::iterator first, Chosen::iterator last) {
  std::map<std::size_t, Chosen> machines;
  for (auto point = first; point != last; ++point)
    machines[plan.points[(*point)->index].machine].push_back(*point);
  std::vector<std::pair<std::size_t, const CollectedPoint*>> turns;
  for (auto& [machine, own] : machines) {
    const std::size_t step = std::max<std::size_t>(1, own.size() / most_with_ledger);
    std::size_t turn = 0;
    for (std::size_t offset = 0; offset < step; ++offset)
      for (std::size_t i = offset; i < own.size(); i += step)
        turns.emplace_back(turn++, own[i]);
  }
  std::stable_sort(turns.begin(), turns.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& turn : turns)
    *first++ = turn.second;
}

/// The points that are on the page as records; the others are in columns.
std::size_t with_ledger(const Chosen& points) {
  return std::min(points.size(), most_with_ledger);
}

/// The points that the page holds: the front first, GPUs before others as the baselines.
Chosen chosen(const Plan& plan, const std::vector<CollectedPoint>& points) {
  Chosen all, few;
  for (const CollectedPoint& point : points)
    // The nominal points of a sensitivity sweep set nothing; its draws are in its tables.
    if (point.result->has_result() &&
        (plan.spec.kind != Kind::sensitivity || plan.points[point.index].settings.empty()))
      all.push_back(&point);
  const std::size_t step = std::max<std::size_t>(1, (all.size() + most_on_page - 1) / most_on_page);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i % step == 0 || (all[i]->best && few.size() < most_on_page))
      few.push_back(all[i]);
  const auto rank = [](const CollectedPoint* point) { return point->best ? (is_gpu(point) ? 0 : 1) : 2; };
  std::stable_sort(few.begin(), few.end(), [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
  const auto behind = std::find_if(few.begin(), few.end(), [](const auto* point) { return !point->best; });
  take_turns(plan, behind, few.end());
  // Of these the few that stand in tables: batch by batch, machine by machine.
  const auto tables = few.begin() + static_cast<std::ptrdiff_t>(with_ledger(few));
  if (behind < tables)
    std::sort(behind, tables, [&](const auto* a, const auto* b) {
      const Point &x = plan.points[a->index], &y = plan.points[b->index];
      return std::tie(x.workload, x.tokens, x.machine, a->index) < std::tie(y.workload, y.tokens, y.machine, b->index);
    });
  return few;
}

/// A record under the names of the plan.
results::RunRecord named(const Plan& plan, const CollectedPoint& point) {
  results::RunRecord record = point.result->record();
  const Point& of = plan.points[point.index];
  record.machine = plan.inputs.machines[of.machine].name;
  record.workload = plan.inputs.workloads[of.workload].name;
  // The page's tables are of a few records; of these the roofline's numbers.
  const auto drawn = [](const results::Statistic& statistic) {
    return statistic.name == "operations" || statistic.name == "memory_bytes" ||
           statistic.name.rfind("peak_", 0) == 0;
  };
  auto& all = record.statistics;
  all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& s) { return !drawn(s); }), all.end());
  return record;
}

results::Run run_of(const Plan& plan, const Chosen& points, std::size_t finished, const std::string& version) {
  results::Run run;
  run.title = plan.spec.title;
  run.command = fmt::format("moesaic sweep {}", plan.spec.file);
  run.version = version;
  run.seed = plan.spec.seed;
  run.inputs.push_back({"sweep.yaml", plan.spec.text, ""});
  for (const auto* inputs : {&plan.inputs.workloads, &plan.inputs.machines})
    for (const Input& input : *inputs)
      run.inputs.push_back({input.name + ".yaml", input.document.text(), input.sha256});
  for (std::size_t i = 0; i < with_ledger(points); ++i)
    run.records.push_back(named(plan, *points[i]));
  if (plan.spec.kind != Kind::sensitivity && points.size() < finished)
    run.left_out.push_back(fmt::format("the charts hold {} of {} results, the Pareto front and a regular choice of the "
                                       "others; all are in points.csv",
                                       points.size(), finished));
  return run;
}

/// "machine 3, other 1" of the points on each front.
std::vector<std::string> fronts(const Plan& plan, const std::vector<CollectedPoint>& points) {
  std::map<std::pair<std::size_t, int>, std::map<std::size_t, std::size_t>> groups;
  for (const CollectedPoint& point : points) {
    const Point& of = plan.points[point.index];
    if (point.best)
      ++groups[{of.workload, of.tokens}][of.machine];
  }
  std::vector<std::string> sentences;
  for (const auto& [group, machines] : groups) {
    std::string counts;
    for (const auto& [machine, count] : machines)
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", plan.inputs.machines[machine].name, count);
    sentences.push_back(fmt::format("{}, batch {}: points on the Pareto front of the sweep's objectives: {}.",
                                    plan.inputs.workloads[group.first].name, group.second, counts));
  }
  return sentences;
}

template <class Cell> const std::vector<Cell>& cells(const Columns& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
  return std::get<std::vector<Cell>>(found->cells);
}

/// Who wins most draws of each workload, batch and objective.
std::vector<std::string> winners(const Columns& ranking) {
  const auto &workload = cells<std::string>(ranking, "workload"), &objective = cells<std::string>(ranking, "objective"),
             &machine = cells<std::string>(ranking, "machine");
  const auto &tokens = cells<std::uint64_t>(ranking, "tokens"), &samples = cells<std::uint64_t>(ranking, "samples");
  const auto &wins = cells<double>(ranking, "wins"), &error = cells<double>(ranking, "standard_error");
  const auto same = [&](std::size_t a, std::size_t b) {
    return workload[a] == workload[b] && objective[a] == objective[b] && tokens[a] == tokens[b];
  };
  std::vector<std::string> sentences;
  for (std::size_t first = 0, end = 0; first < wins.size(); first = end) {
    std::size_t best = first;
    for (end = first; end < wins.size() && same(first, end); ++end)
      if (wins[end] > wins[best])
        best = end;
    sentences.push_back(fmt::format("{}, batch {}, {}: {} wins {:.1f} % of {} draws of all constants (standard error "
                                    "{:.1f}).",
                                    workload[best], tokens[best], objective[best], machine[best], 100 * wins[best],
                                    samples[best], 100 * error[best]));
  }
  return sentences;
}

std::vector<std::string> findings(const Plan& plan, const std::vector<CollectedPoint>& points, std::size_t results,
                                  const FurtherTables& further) {
  std::vector<std::string> sentences = {
      fmt::format("{} of {} points are finished, {} with a result.", points.size(), plan.points.size(), results)};
  const auto left_out = std::count_if(points.begin(), points.end(), [](const CollectedPoint& point) {
    return point.result->status() == Outcome::Kind::left_out;
  });
  if (left_out > 0)
    sentences.push_back(fmt::format("{} points were estimated only, and not simulated: with their estimates they cannot be best.", left_out));
  constexpr std::size_t most = 12;
  for (auto& sentence : further.empty() ? fronts(plan, points) : winners(further.front().second))
    if (sentences.size() <= most)
      sentences.push_back(std::move(sentence));
  return sentences;
}

std::string json_of(const Plan& plan, const Chosen& points, const std::vector<std::string>& findings,
                    const FurtherTables& further) {
  std::ostringstream out;
  out << '{' << page_columns(plan, points, with_ledger(points)) << ",\n\"findings\":"
      << nlohmann::json(findings).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  write_json_tables(out, further);
  out << '}';
  return out.str();
}

} // namespace

std::string report_of(const Plan& plan, const std::vector<CollectedPoint>& points, const std::string& version,
                      const FurtherTables& further) {
  const Chosen few = chosen(plan, points);
  const auto results = static_cast<std::size_t>(std::count_if(points.begin(), points.end(), [](const auto& point) {
    return point.result->has_result();
  }));
  return results::report_page({run_of(plan, few, results, version)},
                              json_of(plan, few, findings(plan, points, results, further), further));
}

} // namespace moesaic::sim::sweep
