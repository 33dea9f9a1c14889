// Deals whole expert loads out to tokens, k distinct experts each, inside the router's group limit.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/moe_layer.hpp"
#include "workloads/random.hpp"

namespace moesaic::workloads {

/// Integer arithmetic only, so the same bits everywhere. Loads are met exactly unless the group limit forbids
/// it, in which case other experts of the kept groups stand in. A token costs time linear in the number of
/// experts.
class ChoiceSampler {
 public:
  /// `load` is one number per expert, sum tokens * top_k, none above `tokens`.
  ChoiceSampler(const RouterRule& rule, std::vector<int> load, int tokens);

  /// The next token's top_k distinct experts, in the order drawn. The first is `wanted` unless that is -1 or
  /// has no load left.
  void draw_token(Random& random, int wanted, std::int32_t* chosen);

 private:
  void start_token();
  void keep_groups(Random& random, std::size_t first);
  std::size_t most_urgent_group(Random& random) const;
  std::size_t draw_group(Random& random) const;
  std::size_t draw_expert(Random& random);
  void take(std::size_t expert);

  std::size_t top_k_, groups_, kept_groups_, width_; ///< width: experts per group
  int tokens_left_;                                  ///< including the one being drawn
  std::vector<int> load_;                            ///< still to be dealt
  std::vector<std::int64_t> group_load_;             ///< sums of load_
  // Of the token being drawn:
  std::vector<std::int64_t> open_;  ///< per kept group: load of the experts not yet taken
  std::vector<std::size_t> urgent_; ///< experts that every token left must take to be dealt out
  std::vector<char> kept_, taken_;
};

} // namespace moesaic::workloads
