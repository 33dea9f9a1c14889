// Work shared by all cores whose pieces are wanted in order.
#pragma once

#include <cstddef>
#include <deque>
#include <future>

#include "sim/pool/worker_pool.hpp"

namespace moesaic::sim::sweep {

/// make(i) for every i below `count`, on as many threads as there are cores; take(piece) in the order of i, in the
/// calling thread. Few pieces lie waiting. What either throws is passed on.
template <class Make, class Take> void in_order(std::size_t count, Make make, Take take) {
  const auto most = static_cast<std::size_t>(available_cores()) + 1;
  std::deque<std::future<decltype(make(std::size_t{0}))>> waiting;
  for (std::size_t next = 0; next < count || !waiting.empty();) {
    for (; next < count && waiting.size() < most; ++next)
      waiting.push_back(std::async(std::launch::async, make, next));
    take(waiting.front().get());
    waiting.pop_front();
  }
}

} // namespace moesaic::sim::sweep
