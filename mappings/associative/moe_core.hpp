// One core's part of an MoE layer's associative program.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "mappings/associative/moe_work.hpp"
#include "mappings/associative/program.hpp"

namespace moesaic::mappings::associative {

/// What decides a core's program: of each item that tokens ask for how many, and where its weights lie.
struct CoreItem {
  int tokens = 0;
  std::int64_t place = 0; ///< streamed: bytes from the begin of the core's weights; resident: slot of L1
  bool resident = false;
  friend bool operator<(const CoreItem& a, const CoreItem& b) {
    return std::tie(a.tokens, a.place, a.resident) < std::tie(b.tokens, b.place, b.resident);
  }
};
using CoreItems = std::vector<CoreItem>;

/// What a core does for some of the tokens.
struct CorePass {
  CoreItems items;
  int tokens = 0;
  std::string name;   ///< of its one stage; empty: all tokens together, in stages of their own
  bool first = false; ///< the spreading patterns are not in L1 yet
};

/// Appends the pass to the core's program; regions become the pass's own.
void lower_core(const hw::associative::Description& description, const workloads::MoeLayer& layer, const CardWork& work,
                const CorePass& pass, Program& program);

} // namespace moesaic::mappings::associative
