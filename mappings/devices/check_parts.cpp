#include "mappings/devices/check_parts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace moesaic::mappings {

namespace {

using Range = std::pair<std::int32_t, std::int32_t>; ///< first inner unit, and how many
using Ranges = std::vector<Range>;

bool is_down(std::int32_t projection) {
  return projection == static_cast<std::int32_t>(Projection::down);
}

std::string to_text(const Ranges& ranges) {
  std::string text;
  for (const auto& [first, width] : ranges)
    text += fmt::format("{}{} to {}", text.empty() ? "" : ", ", first, std::int64_t{first} + width - 1);
  return text.empty() ? "none" : text;
}

/// Partial sums over the inputs of gate and up would have to be added across devices before the activation.
void check_shape(const DeviceMapping& mapping, const DeviceSlice& s, const workloads::MoeLayer& layer,
                 std::vector<Violation>& violations) {
  const bool down = is_down(s.projection);
  const std::int32_t found_first = down ? s.first_column : s.first_row, found = down ? s.columns : s.rows;
  if (found_first != 0 || found != layer.hidden)
    violations.push_back({"slice shape", device_name(mapping, s.on),
                          fmt::format("{} of expert {} with all {} {}", projection_name(s.projection), s.expert, layer.hidden,
                                      down ? "columns" : "rows"),
                          fmt::format("{} {} to {}", down ? "columns" : "rows", found_first,
                                      std::int64_t{found_first} + found - 1),
                          "cut experts by inner units: gate and up by columns, down by rows"});
  if ((down ? s.rows : s.columns) < 1)
    violations.push_back({"slice shape", device_name(mapping, s.on), "at least 1 inner unit", "none", "remove the slice"});
}

void check_together(const DeviceMapping& mapping, std::vector<Violation>& violations) {
  std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t>, std::array<Ranges, 3>> held; // expert, replica, device
  for (const DeviceSlice& s : mapping.slices)
    held[{s.expert, s.replica, s.on}][static_cast<std::size_t>(s.projection)].push_back(
        is_down(s.projection) ? Range{s.first_row, s.rows} : Range{s.first_column, s.columns});
  for (auto& [place, ranges] : held) {
    for (Ranges& one : ranges)
      std::sort(one.begin(), one.end());
    if (ranges[1] == ranges[0] && ranges[2] == ranges[0])
      continue;
    violations.push_back({"slice on a wrong core",
                          fmt::format("{}, expert {} replica {}", device_name(mapping, std::get<2>(place)), std::get<0>(place),
                                      std::get<1>(place)),
                          "the same inner units of gate, up and down, in the same slices",
                          fmt::format("gate {}; up {}; down {}", to_text(ranges[0]), to_text(ranges[1]), to_text(ranges[2])),
                          "move the slices of the same inner units together"});
  }
}

} // namespace

std::string device_name(const DeviceMapping& mapping, std::int32_t on) {
  if (mapping.kind == DeviceKind::gpu)
    return fmt::format("GPU {}", on);
  const DeviceCore& at = mapping.cores[static_cast<std::size_t>(on)];
  return fmt::format("card {} core {}", at.chip, at.core);
}

void check_parts(const DeviceMapping& mapping, const workloads::MoeLayer& layer, std::vector<Violation>& violations) {
  std::vector<Slice> slices;
  slices.reserve(mapping.slices.size());
  for (const DeviceSlice& s : mapping.slices) {
    check_shape(mapping, s, layer, violations);
    slices.push_back({s.expert, s.replica, s.projection, s.first_row, s.rows, s.first_column, s.columns, s.bits, s.on});
  }
  check_tiling(slices, mapping.replicas, layer, [&](std::int32_t on) { return device_name(mapping, on); }, violations);
  check_together(mapping, violations);
}

void check_replica_rule(const DeviceMapping& mapping, std::vector<Violation>& violations) {
  if (Replicas(mapping.replicas).any() && mapping.replica_rule != ReplicaRule::round_robin)
    violations.push_back({"replica rule", "the whole mapping", "round_robin: replicas take turns",
                          replica_rule_names()[static_cast<std::size_t>(mapping.replica_rule)],
                          "state replica_rule: round_robin; other rules are for neuromorphic machines"});
}

void check_busy(const char* kind, const std::string& place, double seconds, double tokens_per_second, const char* remedy,
                std::vector<Violation>& violations) {
  constexpr double rounding = 1e-9;
  if (seconds * tokens_per_second > 1 + rounding)
    violations.push_back({kind, place,
                          fmt::format("at most {:.4g} us per token at {:g} tokens/s", 1e6 / tokens_per_second, tokens_per_second),
                          fmt::format("{:.4g} us, {:.2f} times as much", seconds * 1e6, seconds * tokens_per_second), remedy});
}

} // namespace moesaic::mappings
