// Proves a mapping onto associative cards valid, or lists everything that is wrong with it.
#pragma once

#include <string>
#include <vector>

#include "hw/associative/operations.hpp"
#include "mappings/associative/usage.hpp"
#include "mappings/devices/check_parts.hpp"
#include "workloads/routing.hpp"

namespace moesaic::mappings {

/// Empty: valid. Levels of memory and life times of vectors are those of the program for the tokens of `trace`.
std::vector<Violation> check_card_mapping(const DeviceMapping& mapping, const hw::associative::OperationSet& operations,
                                          const workloads::MoeLayer& layer, const workloads::Routing& trace);

/// Seconds for which each card's memory and host link are busy per token, the mean over the tokens of `trace`, one at a time.
struct CardRates {
  std::vector<double> memory, link;
};
/// The mapping is valid.
CardRates card_rates(const DeviceMapping& mapping, const hw::associative::Description& description,
                     const workloads::MoeLayer& layer, const workloads::Routing& trace);
void check_card_rates(const CardRates& rates, double tokens_per_second, std::vector<Violation>& violations);

/// Levels of memory of the fullest card, life times of vectors, and the busiest card memory with the rate that it allows.
std::string card_report(const DeviceMapping& mapping, const hw::associative::OperationSet& operations,
                        const workloads::MoeLayer& layer, const workloads::Routing& trace, const CardRates& rates);

/// Levels as a table, and life times of vectors.
std::string usage_text(const associative::Usage& usage);
/// Levels that are too small; `where` stands before the level's name.
std::vector<Violation> overflows(const associative::Usage& usage, const std::string& where = "");

} // namespace moesaic::mappings
