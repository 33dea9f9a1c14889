#include "results/verdict.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/unit.hpp"
#include "results/interval.hpp"
#include "results/statistic.hpp"

namespace moesaic::results {

bool is_baseline(const std::string& kind) {
  return kind == "gpu" || kind == "cpu";
}

std::string baseline_name(const RunRecord& record) {
  return record.kind == "cpu" ? "the CPU" : record.machine;
}

std::string query_of(const RunRecord& record) {
  if (!find_statistic(record, query_answers))
    return "";
  return record.workload.substr(record.workload.find_last_of('/') + 1);
}

std::string node_of(const std::string& machine) {
  const std::size_t at = machine.rfind('@') + 1; // npos + 1 is 0
  const std::size_t digits = machine.find_first_not_of("0123456789.", at);
  return at > 0 && digits != std::string::npos && digits > at && machine.substr(digits) == "nm" ? machine.substr(at) : "";
}

namespace {

bool compares_with(const RunRecord& record, const RunRecord& other) {
  return is_baseline(other.kind) && other.workload == record.workload && other.tokens == record.tokens &&
         node_of(other.machine) == node_of(record.machine);
}

} // namespace

const RunRecord* baseline_of(const std::vector<RunRecord>& records, const RunRecord& record) {
  for (const auto& other : records)
    if (compares_with(record, other))
      return &other;
  return nullptr;
}

namespace {

using Cost = Interval RunRecord::*;

/// The baseline that costs least, of those that state the cost; nullptr when there is none.
const RunRecord* best_of(std::vector<const RunRecord*> gpus, Cost cost) {
  gpus.erase(std::remove_if(gpus.begin(), gpus.end(), [cost](const auto* r) { return (r->*cost).nominal == 0; }), gpus.end());
  const auto less = [cost](const auto* a, const auto* b) { return (a->*cost).nominal < (b->*cost).nominal; };
  const auto found = std::min_element(gpus.begin(), gpus.end(), less);
  return found == gpus.end() ? nullptr : *found;
}

/// Of costs the smaller wins.
std::string winner(const std::string& what, const RunRecord& us, const RunRecord* best, Cost cost) {
  if (!best)
    return fmt::format("{}: not stated for the baseline, so nobody wins", what);
  const RunRecord& gpu = *best;
  const Interval &ours = us.*cost, &theirs = gpu.*cost;
  const bool we_win = ours.nominal < theirs.nominal;
  const Interval factor = we_win ? ratio(theirs, ours) : ratio(ours, theirs);
  if (factor.nominal == 0 || factor.nominal == 1)
    return fmt::format("{}: no difference", what);
  return fmt::format("{}: {} wins by {} times ({} to {}){}", what, we_win ? us.machine : baseline_name(gpu),
                     format_factor(factor.nominal), format_factor(factor.low), format_factor(factor.high),
                     factor.low < 1 ? ", not settled within the intervals" : "");
}

/// "h100", "the better of h100 and h200", "the best of h100, h200 and 8xh100", "the best of 12 GPUs".
std::string best_among(const std::vector<const RunRecord*>& gpus) {
  constexpr std::size_t most = 4;
  if (gpus.size() > most)
    return fmt::format("the best of {} GPUs", gpus.size());
  std::string names;
  for (std::size_t i = 0; i < gpus.size(); ++i)
    names += (i == 0 ? "" : i + 1 == gpus.size() ? " and " : ", ") + baseline_name(*gpus[i]);
  return gpus.size() == 1 ? names : (gpus.size() == 2 ? "the better of " : "the best of ") + names;
}

std::string sentence(const RunRecord& record, const std::vector<const RunRecord*>& gpus) {
  const std::string query = query_of(record);
  return fmt::format("{} against {}, {}. {}; {}.", record.machine, best_among(gpus),
                     query.empty() ? fmt::format("batch {}", record.tokens) : "query " + query,
                     winner("Latency", record, best_of(gpus, &RunRecord::seconds), &RunRecord::seconds),
                     winner("energy", record, best_of(gpus, &RunRecord::joules), &RunRecord::joules));
}

/// What a token takes in one layer when every chip that holds the model's MoE layers stays powered.
std::string whole_model(const std::vector<RunRecord>& records, const RunRecord& gpu) {
  std::vector<std::string> costs;
  for (const auto& record : records) {
    const auto *chips = find_statistic(record, model_chips), *joules = find_statistic(record, model_joules);
    if (baseline_of(records, record) == &gpu && chips && joules)
      costs.push_back(fmt::format("{} {} ({:.0f} chip{})", record.machine,
                                  format_quantity(joules->value / record.tokens, "J"), chips->value,
                                  chips->value == 1 ? "" : "s"));
  }
  if (costs.size() < 2)
    return "";
  return fmt::format("Energy per token in this layer when all chips that hold the model's MoE layers stay powered and "
                     "one layer works at a time, batch {}: {}.",
                     gpu.tokens, fmt::join(costs, ", "));
}

} // namespace

std::vector<std::string> verdict(const std::vector<RunRecord>& records) {
  std::vector<const RunRecord*> all_gpus;
  for (const auto& record : records)
    if (is_baseline(record.kind))
      all_gpus.push_back(&record);
  std::vector<std::string> sentences;
  for (const auto& record : records) {
    if (is_baseline(record.kind))
      continue;
    std::vector<const RunRecord*> gpus;
    for (const auto* gpu : all_gpus)
      if (compares_with(record, *gpu))
        gpus.push_back(gpu);
    if (!gpus.empty())
      sentences.push_back(sentence(record, gpus));
  }
  for (const auto* gpu : all_gpus) {
    const std::string sentence = baseline_of(records, *gpu) == gpu ? whole_model(records, *gpu) : "";
    if (!sentence.empty())
      sentences.push_back(sentence);
  }
  return sentences;
}

} // namespace moesaic::results
