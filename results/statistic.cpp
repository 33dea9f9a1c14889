#include "results/statistic.hpp"

namespace moesaic::results {

const Statistic* find_statistic(const RunRecord& record, const std::string& name) {
  for (const auto& statistic : record.statistics)
    if (statistic.name == name)
      return &statistic;
  return nullptr;
}

double statistic_value(const RunRecord& record, const std::string& name) {
  const Statistic* found = find_statistic(record, name);
  return found ? found->value : 0;
}

} // namespace moesaic::results
