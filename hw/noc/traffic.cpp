#include "hw/noc/traffic.hpp"

#include <algorithm>
#include <cmath>

#include "description/error.hpp"
#include "hw/noc/active_set.hpp"

namespace moesaic::hw::noc {

namespace {

/// Draws the gap to the next packet at once (geometric), so that silent endpoints cost nothing. Endpoints
/// wait in a ring of cycles; those further ahead than the ring is long go round.
class Bernoulli : public Traffic {
 public:
  Bernoulli(const Topology& topology, const Pattern& pattern, double rate, int length, std::uint64_t seed)
      : pattern_(pattern), length_(length), log_silence_(std::log1p(-rate / length)), random_(seed),
        due_(static_cast<std::size_t>(topology.endpoints())),
        ring_(ring_for(due_.size()), ActiveSet(due_.size())) {
    for (int source = 0; source < topology.endpoints(); ++source)
      slot(wait(0, source)).insert(static_cast<std::uint32_t>(source));
    advance();
  }

  std::uint64_t next() const override { return next_; }

  void take(std::uint64_t cycle, std::vector<Request>& requests) override {
    slot(cycle).visit([&](std::uint32_t waiting) {
      if (due_[waiting] != cycle)
        return true;
      const int source = static_cast<int>(waiting);
      requests.push_back({cycle, source, pattern_.destination(source, random_), length_});
      ActiveSet& next = slot(wait(cycle, source));
      if (&next == &slot(cycle))
        return true;
      next.insert(waiting);
      return false;
    });
    advance();
  }

 private:
  /// Long enough for most gaps, short enough to stay in the cache.
  static std::size_t ring_for(std::size_t endpoints) {
    std::size_t cycles = 1024;
    while (cycles > 16 && cycles * endpoints > (1u << 24))
      cycles /= 2;
    return cycles;
  }
  ActiveSet& slot(std::uint64_t cycle) { return ring_[cycle & (ring_.size() - 1)]; }

  /// Draws the cycle of the source's next packet.
  std::uint64_t wait(std::uint64_t now, int source) {
    const double silent =
        std::floor(std::log(random_unit(random_)) / log_silence_); // cycles without a packet
    return due_[static_cast<std::size_t>(source)] =
               now + 1 + static_cast<std::uint64_t>(std::min(silent, 1e15));
  }

  void advance() {
    do
      ++next_;
    while (slot(next_).empty());
  }

  Pattern pattern_;
  int length_;
  double log_silence_;
  std::mt19937_64 random_;
  std::vector<std::uint64_t> due_; ///< by source
  std::vector<ActiveSet> ring_;
  std::uint64_t next_ = 0;
};

class Recorded : public Traffic {
 public:
  explicit Recorded(std::vector<Request> requests) : requests_(std::move(requests)) {}
  std::uint64_t next() const override { return at_ == requests_.size() ? never : requests_[at_].cycle; }
  void take(std::uint64_t cycle, std::vector<Request>& requests) override {
    while (next() == cycle)
      requests.push_back(requests_[at_++]);
  }

 private:
  std::vector<Request> requests_;
  std::size_t at_ = 0;
};

} // namespace

std::unique_ptr<Traffic> bernoulli_traffic(const Topology& topology, const Pattern& pattern, double rate,
                                           int length, std::uint64_t seed) {
  if (length < 1 || length > 65535)
    throw InputError("a packet of " + std::to_string(length) + " flits: must be 1 to 65535");
  if (!(rate > 0 && rate <= length))
    throw InputError(
        "an injection rate must be over 0 and at most the packet length, in flits per node and cycle");
  return std::make_unique<Bernoulli>(topology, pattern, rate, length, seed);
}

std::unique_ptr<Traffic> recorded_traffic(std::vector<Request> requests) {
  return std::make_unique<Recorded>(std::move(requests));
}

} // namespace moesaic::hw::noc
