// The deliveries that endpoints refused, a line for each endpoint in order of arrival. No allocation in steady
// state, and two words for an endpoint at which nothing waits.
#pragma once

#include <vector>

#include "hw/noc/pool.hpp"
#include "hw/noc/routers.hpp"

namespace moesaic::hw::noc {

class WaitingLines {
 public:
  explicit WaitingLines(std::size_t endpoints) : lines_(endpoints) {}

  bool empty() const { return waiting_ == 0; }
  bool waits(std::uint32_t endpoint) const { return lines_[endpoint].first != pool_end; }
  /// Of a line that is not empty.
  Ejection front(std::uint32_t endpoint) const { return places_[lines_[endpoint].first].ejection; }

  void push(const Ejection& ejection) {
    Line& line = lines_[ejection.endpoint];
    const std::uint32_t place = places_.take();
    places_[place] = {ejection, pool_end};
    (line.first == pool_end ? line.first : places_[line.last].next) = place;
    line.last = place;
    ++waiting_;
  }

  void pop(std::uint32_t endpoint) {
    const std::uint32_t place = lines_[endpoint].first;
    lines_[endpoint].first = places_[place].next;
    places_.release(place);
    --waiting_;
  }

 private:
  struct Line {
    std::uint32_t first = pool_end, last = pool_end;
  };
  struct Place {
    Ejection ejection;
    std::uint32_t next; ///< in its line
  };

  std::vector<Line> lines_;
  Pool<Place> places_;
  std::size_t waiting_ = 0;
};

} // namespace moesaic::hw::noc
