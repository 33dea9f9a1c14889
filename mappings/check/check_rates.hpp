// Whether links and memories carry a wanted rate of tokens.
#pragma once

#include <string>
#include <vector>

#include "mappings/check/check_mapping.hpp"
#include "mappings/placement/floor.hpp"

namespace moesaic::mappings {

/// Seconds for which each link and each core's weight memory is busy per token, the mean over a trace.
struct Rates {
  std::vector<double> links, cores;
  std::vector<double> outer;                                     ///< by chip: of outer memories; empty: weights are resident
  double link_seconds = 0, core_seconds = 0, outer_seconds = 0;  ///< of the busiest
  int link = -1, core = -1, outer_chip = -1;                     ///< the busiest, -1: none is used
};

Floor floor_of_mapping(const Mapping& mapping, const hw::Chip& chip);

/// `chosen`: the experts of each token of a trace, ascending, shared ones last; replicas serve them by the mapping's rule. The mapping has passed `check_mapping`.
Rates rates_of(const CheckInput& input, const std::vector<std::vector<std::int32_t>>& chosen);

/// Adds each link and core that is busy for longer than a token may take. Tokens follow each other in a pipeline, so
/// that a link carries the messages of all stages within one token's time. The mapping has passed `check_mapping`.
void check_rates(const CheckInput& input, const std::vector<std::vector<std::int32_t>>& chosen,
                 double tokens_per_second, std::vector<Violation>& violations);

/// The busiest link and memory, and the rates they allow.
std::string to_text(const Rates& rates, const CheckInput& input);

} // namespace moesaic::mappings
