// A program's run without its network: what a design-space sweep asks before it simulates.
#pragma once

#include "hw/neuromorphic/system.hpp"

namespace moesaic::hw {

/// The same steps and the same counts as run_system (of sparse tables nearly), but for hops and chip crossings, which are
/// zero. A step takes as long as its
/// busiest core's soma, messages out or messages in, as its busiest outer memory, or as the messages that enter its most
/// visited chip need on one link, and then half way across the system without waiting. No values; throws InputError as
/// run_system does.
SystemRun estimate_system(const Chip& chip, const Program& program, Corner corner, Activity& activity, std::int64_t tokens);

} // namespace moesaic::hw
