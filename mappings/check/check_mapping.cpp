#include "mappings/check/check_mapping.hpp"

#include <fmt/format.h>

namespace moesaic::mappings {

const MappedPopulation& CheckInput::population(std::int32_t core) const {
  return mapping
      .populations[static_cast<std::size_t>(mapping.cores[static_cast<std::size_t>(core)].population)];
}

std::string CheckInput::name(std::int32_t core) const {
  const MappedCore& at = mapping.cores[static_cast<std::size_t>(core)];
  return fmt::format("chip {} core {} ({})", at.chip, at.core, population(core).name);
}

std::int64_t CheckInput::number(std::int32_t core) const {
  const MappedPopulation& p = population(core);
  const std::int64_t number = p.expert < 0 ? -1 : replicas.number_of(p.expert, p.replica);
  return p.expert >= 0 && number < 0 ? -2 : number;
}

std::string CheckInput::replica_name(std::int64_t number) const {
  const auto n = static_cast<std::int32_t>(number);
  const std::int32_t replica = replicas.replica_of(n);
  return fmt::format("expert {}{}", replicas.expert_of(n), replica > 0 ? fmt::format(" replica {}", replica) : "");
}

std::vector<Violation> check_mapping(const Mapping& mapping, const hw::Chip& chip,
                                     const workloads::MoeLayer& layer) {
  const CheckInput input{mapping, chip, layer};
  std::vector<Violation> violations;
  check_places(input, violations);
  const bool placed = violations.empty();
  check_capacity(input, violations);
  check_weights(input, violations);
  check_flow(input, violations);
  if (placed)
    check_routes(input, violations);
  return violations;
}

} // namespace moesaic::mappings
