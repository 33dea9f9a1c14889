#include "results/verdict.hpp"

#include <fmt/format.h>

#include "results/interval.hpp"

namespace moesaic::results {

const RunRecord* baseline_of(const std::vector<RunRecord>& records, const RunRecord& record) {
  for (const auto& other : records)
    if (other.kind == "gpu" && other.workload == record.workload && other.tokens == record.tokens)
      return &other;
  return nullptr;
}

namespace {

/// `ours` and `theirs` are costs: the smaller wins.
std::string winner(const std::string& what, const RunRecord& us, const Interval& ours, const RunRecord& gpu,
                   const Interval& theirs) {
  const bool we_win = ours.nominal < theirs.nominal;
  const Interval factor = we_win ? ratio(theirs, ours) : ratio(ours, theirs);
  if (factor.nominal == 0 || factor.nominal == 1)
    return fmt::format("{}: no difference", what);
  return fmt::format("{}: {} wins by {} times ({} to {}){}", what, we_win ? us.machine : gpu.machine,
                     format_factor(factor.nominal), format_factor(factor.low), format_factor(factor.high),
                     factor.low < 1 ? ", not settled within the intervals" : "");
}

} // namespace

std::vector<std::string> verdict(const std::vector<RunRecord>& records) {
  std::vector<std::string> sentences;
  for (const auto& record : records) {
    const RunRecord* gpu = record.kind == "gpu" ? nullptr : baseline_of(records, record);
    if (!gpu)
      continue;
    sentences.push_back(fmt::format("{} against {}, batch {}. {}; {}.", record.machine, gpu->machine,
                                    record.tokens,
                                    winner("Latency", record, record.seconds, *gpu, gpu->seconds),
                                    winner("energy", record, record.joules, *gpu, gpu->joules)));
  }
  return sentences;
}

} // namespace moesaic::results
