// The deliveries that endpoints refused, a line for each endpoint in order of arrival. No allocation in steady
// state, and two words for an endpoint at which nothing waits.
#pragma once

#include <vector>

#include "hw/noc/routers.hpp"

namespace moesaic::hw::noc {

class WaitingLines {
 public:
  explicit WaitingLines(std::size_t endpoints) : lines_(endpoints) {}

  bool empty() const { return waiting_ == 0; }
  bool waits(std::uint32_t endpoint) const { return lines_[endpoint].first != none; }
  /// Of a line that is not empty.
  Ejection front(std::uint32_t endpoint) const { return places_[lines_[endpoint].first].ejection; }

  void push(const Ejection& ejection) {
    Line& line = lines_[ejection.endpoint];
    const std::uint32_t place = take();
    places_[place] = {ejection, none};
    (line.first == none ? line.first : places_[line.last].next) = place;
    line.last = place;
    ++waiting_;
  }

  void pop(std::uint32_t endpoint) {
    const std::uint32_t place = lines_[endpoint].first;
    lines_[endpoint].first = places_[place].next;
    places_[place].next = free_;
    free_ = place;
    --waiting_;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct Line {
    std::uint32_t first = none, last = none;
  };
  struct Place {
    Ejection ejection;
    std::uint32_t next; ///< in its line or among the free ones
  };

  std::uint32_t take() {
    if (free_ == none) {
      places_.emplace_back();
      return static_cast<std::uint32_t>(places_.size() - 1);
    }
    const std::uint32_t place = free_;
    free_ = places_[place].next;
    return place;
  }

  std::vector<Line> lines_;
  std::vector<Place> places_;
  std::uint32_t free_ = none;
  std::size_t waiting_ = 0;
};

} // namespace moesaic::hw::noc
