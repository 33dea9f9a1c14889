#include "results/unit_spans.hpp"

#include <algorithm>

namespace moesaic::results {

std::uint32_t UnitSpans::add_unit(std::string group, std::string name) {
  units.push_back({std::move(group), std::move(name)});
  return static_cast<std::uint32_t>(units.size() - 1);
}

void UnitSpans::add(std::uint32_t unit, const std::string& what, double start, double seconds) {
  const auto [entry, added] = index_.emplace(what, static_cast<std::uint32_t>(names.size()));
  if (added)
    names.push_back(what);
  spans.push_back({unit, entry->second, start, seconds});
}

std::size_t UnitSpans::keep_units(std::size_t most) {
  if (units.size() <= most)
    return 0;
  const std::size_t gone = units.size() - most;
  units.resize(most);
  spans.erase(std::remove_if(spans.begin(), spans.end(), [most](const Span& span) { return span.unit >= most; }), spans.end());
  return gone;
}

} // namespace moesaic::results
