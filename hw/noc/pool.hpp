// Places for things that come and go, named by number. No allocation in steady state.
#pragma once

#include <cstdint>
#include <vector>

namespace moesaic::hw::noc {

constexpr std::uint32_t pool_end = ~std::uint32_t{0}; ///< no place

/// A Thing has a member `next`, which the pool uses while its place is free.
template <class Thing> class Pool {
 public:
  std::uint32_t take() {
    if (free_ == pool_end) {
      things_.emplace_back();
      return static_cast<std::uint32_t>(things_.size() - 1);
    }
    const std::uint32_t place = free_;
    free_ = things_[place].next;
    return place;
  }
  void release(std::uint32_t place) {
    things_[place].next = free_;
    free_ = place;
  }
  Thing& operator[](std::uint32_t place) { return things_[place]; }
  const Thing& operator[](std::uint32_t place) const { return things_[place]; }

 private:
  std::vector<Thing> things_;
  std::uint32_t free_ = pool_end;
};

} // namespace moesaic::hw::noc
