#include <fmt/format.h>

#include "mappings/check/check_mapping.hpp"

namespace moesaic::mappings {

namespace {

void limit(const CheckInput& input, std::int32_t core, const char* kind, std::int64_t value, double most,
           const char* unit, const char* remedy, std::vector<Violation>& violations) {
  if (static_cast<double>(value) > most)
    violations.push_back(
        {kind, input.name(core), fmt::format("at most {:.0f} {}", most, unit),
         fmt::format("{} {}, {:.0f} too many", value, unit, static_cast<double>(value) - most), remedy});
}

} // namespace

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
