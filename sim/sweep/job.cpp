#include "sim/sweep/job.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/sweep/iso_node.hpp"
#include "sim/sweep/report.hpp"
#include "sim/sweep/screening.hpp"
#include "sim/sweep/search.hpp"

namespace moesaic::sim::sweep {

Job::Job(Spec spec, Evaluator evaluate, const FiguresOf& figures_of, JobOptions options)
    : evaluate_(std::move(evaluate)), options_(std::move(options)) {
  Inputs inputs = load_inputs(spec);
  if (!spec.nodes.empty())
    inputs = at_nodes(spec, inputs, figures_of(inputs));
  if (spec.kind == Kind::sensitivity) {
    const auto figures = figures_of(inputs);
    sensitivity_ = make_sensitivity_plan(std::move(spec), std::move(inputs), figures, options_.version,
                                         options_.allowed_points);
  } else if (spec.kind == Kind::search) {
    check_search(spec, options_.allowed_points);
    sensitivity_.plan = {std::move(spec), std::move(inputs), {}};
  } else {
    sensitivity_.plan =
        make_plan(std::move(spec), std::move(inputs), options_.version, options_.allowed_points);
  }
}

std::string Job::describe() const {
  const Spec& spec = this->spec();
  if (spec.kind == Kind::search)
    return fmt::format("{}: at most {} points, {} in each of {} generations\n", spec.title,
                       std::size_t{1} * spec.population * (spec.generations + 1), spec.population,
                       spec.generations + 1);
  const auto finished = read_finished(options_.folder);
  std::size_t there = 0;
  for (const Point& point : sensitivity_.plan.points)
    there += finished.count(point.hash);
  return fmt::format("{}: {} points, of which {} are finished in {}\n", spec.title, points(), there,
                     options_.folder);
}

void Job::check_folder() const {
  namespace fs = std::filesystem;
  static const std::vector<std::string> own = {"report.html", "points.csv", "energy.csv", "sweep.h5", "sweep.json", "sweep.yaml"};
  std::error_code none;
  std::vector<std::string> foreign;
  for (const auto& entry : fs::directory_iterator(options_.folder, none)) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() == ".journal")
      return; // a sweep has begun here; what else lies here is left alone
    if (std::find(own.begin(), own.end(), name) == own.end() && name.rfind("slurm-", 0) != 0)
      foreign.push_back(name);
  }
  if (foreign.empty())
    return;
  std::sort(foreign.begin(), foreign.end());
  throw InputError(fmt::format("{}: holds other files ({}{}) and no sweep's journal: name a folder that is empty, not there, "
                               "or a sweep's own", options_.folder, foreign.front(),
                               foreign.size() > 1 ? fmt::format(" and {} more", foreign.size() - 1) : ""));
}

void Job::run() {
  if (spec().kind == Kind::search)
    sensitivity_.plan.points =
        run_search(sensitivity_.plan, evaluate_, options_.folder, options_.version, options_.engine);
  else if (spec().estimate_first && options_.engine.parts == 1)
    screening_ = format_screening(
        run_screened(sensitivity_.plan, evaluate_, options_.estimate, options_.folder, options_.engine));
  else
    run_points(sensitivity_.plan, evaluate_, options_.folder, options_.engine);
}

std::string Job::merge() const {
  const Plan& plan = sensitivity_.plan;
  const auto points = collect(plan, read_finished(options_.folder));
  FurtherTables tables;
  if (spec().kind == Kind::sensitivity)
    tables = sensitivity_tables(sensitivity_, points);
  write_merged(options_.folder, plan, points, options_.version, tables);
  replace_file(options_.folder + "/report.html", report_of(plan, points, options_.version, tables));
  return screening_ + format_summary(plan, points) + format_sensitivity(tables);
}

} // namespace moesaic::sim::sweep
