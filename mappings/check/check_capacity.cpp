#include <algorithm>

#include <fmt/format.h>

#include "mappings/check/check_mapping.hpp"
#include "mappings/check/streamed_rows.hpp"

namespace moesaic::mappings {

/// Bytes of weights by chip, rows in whole bursts, those beyond the grid left out.
static std::vector<double> outer_bytes(const CheckInput& input) {
  std::vector<double> bytes;
  for (const StreamedRows& core : streamed_rows(input)) {
    const auto chip = static_cast<std::size_t>(input.mapping.cores[static_cast<std::size_t>(core.core)].chip);
    if (chip >= static_cast<std::size_t>(input.chips()))
      continue;
    bytes.resize(std::max(bytes.size(), chip + 1));
    bytes[chip] += core.rows * core.row_bytes;
  }
  return bytes;
}

namespace {

void limit(const CheckInput& input, std::int32_t core, const char* kind, std::int64_t value, double most,
           const char* unit, const char* remedy, std::vector<Violation>& violations) {
  if (static_cast<double>(value) > most)
    violations.push_back(
        {kind, input.name(core), fmt::format("at most {:.0f} {}", most, unit),
         fmt::format("{} {}, {:.0f} too many", value, unit, static_cast<double>(value) - most), remedy});
}

} // namespace

/// Streamed weights lie in the outer memory of their core's chip.
static void check_outer_memory(const CheckInput& input, std::vector<Violation>& violations) {
  if (input.mapping.resident)
    return;
  if (!input.chip.outer_memory) {
    violations.push_back({"no outer memory", input.chip.title, "a memory outside the cores, to stream weights from",
                          "none", "state weights: resident, and give each core no more weights than it holds"});
    return;
  }
  const std::vector<double> bytes = outer_bytes(input);
  for (std::size_t chip = 0; chip < bytes.size(); ++chip)
    if (const double most = input.chip.outer_memory->size.value; bytes[chip] > most)
      violations.push_back({"outer memory", fmt::format("chip {}", chip), fmt::format("at most {:.0f} B", most),
                            fmt::format("{:.0f} B, {:.0f} too many", bytes[chip], bytes[chip] - most),
                            "move experts to other chips, or use a larger grid"});
}

void check_capacity(const CheckInput& input, std::vector<Violation>& violations) {
  const Mapping& mapping = input.mapping;
  const hw::CoreMemory& memory = input.chip.memory;
  std::vector<std::int64_t> bits(mapping.cores.size());
  for (const Slice& slice : mapping.slices) {
    bits[static_cast<std::size_t>(slice.core)] += std::int64_t{slice.rows} * slice.columns * slice.bits;
    if (slice.bits < 1 || slice.bits > input.chip.weight_bits)
      violations.push_back({"weight precision", input.name(slice.core),
                            fmt::format("1 to {} bit", input.chip.weight_bits),
                            fmt::format("{} bit", slice.bits), "quantise the weights further"});
  }
  check_outer_memory(input, violations);
  for (std::size_t c = 0; c < mapping.cores.size(); ++c) {
    const auto index = static_cast<std::int32_t>(c);
    const MappedCore& core = mapping.cores[c];
    limit(input, index, "core memory", core.bytes, memory.size.value, "B",
          "give the population more cores, so that each holds fewer rows or columns", violations);
    limit(input, index, "neurons", core.neurons, memory.neurons.value, "neurons",
          "give the population more cores", violations);
    limit(input, index, "fan-in", core.fan_in, memory.fan_in.value, "axons",
          "cut the matrix by rows too, and add the partial sums", violations);
    limit(input, index, "fan-out", core.fan_out, memory.fan_out.value, "axons",
          "give the population more cores, or send to one group instead of several", violations);
    const std::int64_t weights = (bits[c] + 7) / 8;
    if (mapping.resident && weights > core.bytes)
      violations.push_back(
          {"memory statement", input.name(index), fmt::format("at least {} B for its weights", weights),
           fmt::format("{} B stated", core.bytes), "state the bytes that the slices need, or move slices"});
  }
}

} // namespace moesaic::mappings
