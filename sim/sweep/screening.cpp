#include "sim/sweep/screening.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "sim/sweep/candidates.hpp"
#include "sim/sweep/journal.hpp"

namespace moesaic::sim::sweep {

namespace {

constexpr int most_rounds = 40; ///< then all that could be best are simulated together

class Screen {
 public:
  Screen(const Plan& plan, const Evaluator& evaluate, const std::string& folder, const EngineOptions& options)
      : plan_(plan), evaluate_(evaluate), folder_(folder), options_(options), finished_(folder) {}

  Screening run(const Evaluator& estimate) {
    result_.points = plan_.points.size();
    const double before = now();
    run_points(plan_, estimate, folder_ + "/estimates", options_);
    Candidates candidates(plan_, read_finished(folder_ + "/estimates"));
    result_.estimating = now() - before;
    auto next = candidates.first_ones();
    for (int round = 0; !next.empty(); ++round) {
      simulate(next, candidates);
      next = candidates.hopeful(round < most_rounds);
    }
    record_the_others(candidates);
    const auto [lowest, highest] = candidates.spread().range();
    result_.lowest = lowest, result_.highest = highest;
    return result_;
  }

 private:
  static double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }

  void simulate(const std::vector<std::size_t>& which, Candidates& candidates) {
    Plan part{plan_.spec, plan_.inputs, {}};
    for (const std::size_t i : which)
      part.points.push_back(plan_.points[i]);
    const double before = now();
    const EngineSummary summary = run_points(part, evaluate_, folder_, options_, finished_);
    finished_.read();
    result_.simulating += now() - before;
    result_.now += summary.done + summary.without;
    result_.simulated += which.size();
    for (const std::size_t i : which)
      candidates.learn(i, *finished_.points().at(plan_.points[i].hash));
  }

  void record_the_others(const Candidates& candidates) {
    Journal journal(folder_ + "/points.journal");
    for (std::size_t i = 0; i < plan_.points.size(); ++i) {
      const Candidate& one = candidates.all()[i];
      if (one.simulated)
        continue;
      ++result_.left_out;
      const std::string& hash = plan_.points[i].hash;
      if (finished_.points().count(hash))
        continue; // was left out before
      std::string estimates;
      for (std::size_t k = 0; k < one.estimate.size(); ++k)
        estimates += fmt::format("{}{} {:.4g}", k ? ", " : "", plan_.spec.objectives[k].name,
                                 plan_.spec.objectives[k].maximise ? -one.estimate[k] : one.estimate[k]);
      journal.put(hash, to_line({Outcome::Kind::left_out, fmt::format("not simulated: estimated {}, with which it cannot be best",
                                                                      estimates), {}}));
    }
    journal.flush();
    journal.sync();
  }

  const Plan& plan_;
  const Evaluator& evaluate_;
  std::string folder_;
  const EngineOptions& options_;
  FinishedReader finished_;
  Screening result_;
};

} // namespace

Screening run_screened(const Plan& plan, const Evaluator& evaluate, const Evaluator& estimate, const std::string& folder,
                       const EngineOptions& options) {
  return Screen(plan, evaluate, folder, options).run(estimate);
}

std::string format_screening(const Screening& s) {
  std::string text = fmt::format("estimated first: {} of {} points simulated, {} left out; simulated over estimated: {:.3g} to {:.3g}\n",
                                 s.simulated, s.points, s.left_out, s.lowest, s.highest);
  if (s.now == 0)
    return text;
  const double all = s.simulating / static_cast<double>(s.now) * static_cast<double>(s.points);
  return text + fmt::format("{:.3g} s for the estimates and {:.3g} s for {} simulations; all {} at that rate: {:.3g} s\n", s.estimating,
                            s.simulating, s.now, s.points, all);
}

} // namespace moesaic::sim::sweep
