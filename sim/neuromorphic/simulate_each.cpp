#include "sim/neuromorphic/simulate_each.hpp"

#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/environment.hpp"
#include "sim/pool/worker_pool.hpp"

namespace moesaic::sim {

namespace {

/// Numbers in hexadecimal, so that no bit is lost.
std::string to_line(const SimulatedCost& cost) {
  return fmt::format("{:a} {:a} {:a} {}", cost.seconds, cost.joules, cost.bound_share, cost.bound);
}

SimulatedCost from_line(const std::string& line) {
  std::istringstream words(line);
  std::string seconds, joules, share;
  SimulatedCost cost;
  words >> seconds >> joules >> share >> cost.bound;
  cost.seconds = std::stod(seconds);
  cost.joules = std::stod(joules);
  cost.bound_share = std::stod(share);
  return cost;
}

} // namespace

std::vector<SimulatedCost> simulate_each(const char* what, std::size_t count,
                                         const std::function<SimulatedCost(std::size_t)>& simulate) {
  std::vector<std::string> tasks;
  for (std::size_t i = 0; i < count; ++i)
    tasks.push_back(std::to_string(i));
  std::vector<SimulatedCost> costs(count);
  std::size_t done = 0;
  show_progress(what, 0, count);
  run_in_workers(tasks, available_cores(), [&](const std::string& task) { return to_line(simulate(std::stoul(task))); },
                 [&](std::size_t i, const Outcome& outcome) {
                   if (outcome.kind == Outcome::Kind::input_error)
                     throw InputError(outcome.text);
                   if (outcome.kind != Outcome::Kind::done)
                     throw std::runtime_error(fmt::format("simulation of a placement: {}: {}", to_string(outcome.kind), outcome.text));
                   costs[i] = from_line(outcome.text);
                   show_progress(what, ++done, count);
                 });
  return costs;
}

} // namespace moesaic::sim
