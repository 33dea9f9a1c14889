#include "hw/noc/pattern.hpp"

#include "description/error.hpp"

namespace moesaic::hw::noc {

int random_below(std::mt19937_64& random, int limit) {
  // The upper half of a 64 x 32 bit product: the bias is below 2^-32.
  return static_cast<int>((random() >> 32) * static_cast<std::uint64_t>(limit) >> 32);
}

double random_unit(std::mt19937_64& random) {
  return static_cast<double>((random() >> 11) + 1) * 0x1p-53;
}

const std::vector<std::string>& Pattern::names() {
  static const std::vector<std::string> names{"uniform",   "transpose", "bit-complement",
                                              "neighbour", "hotspot",   "tornado"};
  return names;
}

Pattern::Pattern(Kind kind, const Topology& topology, std::vector<int> hotspots, double hotspot_share)
    : kind_(kind), topology_(topology), hotspots_(std::move(hotspots)), hotspot_share_(hotspot_share) {
  const int nodes = topology.concentration();
  local_width_ = 1;
  for (int w = 1; w * w <= nodes; ++w)
    if (nodes % w == 0)
      local_width_ = nodes / w; // as square as it goes, lying
  local_height_ = nodes / local_width_;
  width_ = topology.width() * local_width_;
  height_ = topology.height() * local_height_;
  if (kind == transpose && width_ != height_)
    throw InputError("the transpose pattern needs as many nodes across as down, not " +
                     std::to_string(width_) + " x " + std::to_string(height_));
  if (kind == hotspot && hotspots_.empty())
    hotspots_.push_back(endpoint({width_ / 2, height_ / 2}));
  for (const int spot : hotspots_)
    if (spot < 0 || spot >= topology.endpoints())
      throw InputError("there is no endpoint " + std::to_string(spot) + " to be a hotspot");
  if (!(hotspot_share >= 0 && hotspot_share <= 1))
    throw InputError("the share of traffic to hotspots must be 0 to 1");
}

Pattern::Place Pattern::place(int endpoint) const {
  const int router = topology_.router_of(endpoint), local = endpoint % topology_.concentration();
  return {topology_.x_of(router) * local_width_ + local % local_width_,
          topology_.y_of(router) * local_height_ + local / local_width_};
}

int Pattern::endpoint(Place place) const {
  const int router = topology_.router_at(place.x / local_width_, place.y / local_height_);
  return topology_.endpoint_at(router, place.y % local_height_ * local_width_ + place.x % local_width_);
}

int Pattern::destination(int source, std::mt19937_64& random) const {
  if (kind_ == hotspot && random_unit(random) <= hotspot_share_)
    return hotspots_[static_cast<std::size_t>(random_below(random, static_cast<int>(hotspots_.size())))];
  if (kind_ == uniform || kind_ == hotspot)
    return random_below(random, topology_.endpoints());
  const Place from = place(source);
  switch (kind_) {
  case transpose:
    return endpoint({from.y, from.x});
  case bit_complement:
    return endpoint({width_ - 1 - from.x, height_ - 1 - from.y});
  case neighbour:
    return endpoint({(from.x + 1) % width_, (from.y + 1) % height_});
  default:
    return endpoint({(from.x + (width_ + 1) / 2 - 1) % width_, (from.y + (height_ + 1) / 2 - 1) % height_});
  }
}

} // namespace moesaic::hw::noc
