#include "hw/noc/traffic.hpp"

#include <algorithm>
#include <cmath>

#include "description/error.hpp"

namespace moesaic::hw::noc {

namespace {

/// Draws the gap to the next packet at once (geometric), so that silent endpoints cost nothing. Endpoints
/// wait in a ring of cycles; those further ahead than the ring is long go round.
class Bernoulli : public Traffic {
 public:
  Bernoulli(const Topology& topology, const Pattern& pattern, double rate, int length, std::uint64_t seed)
      : pattern_(pattern), length_(length), log_silence_(std::log1p(-rate / length)), random_(seed),
        ring_(ring_size) {
    for (auto& slot : ring_)
      slot.reserve(16);
    for (int source = 0; source < topology.endpoints(); ++source)
      wait(0, source);
    advance();
  }

  std::uint64_t next() const override { return next_; }

  void take(std::uint64_t cycle, std::vector<Request>& requests) override {
    due_.clear();
    due_.swap(ring_[cycle % ring_size]); // the two keep their memory, whichever is in use
    std::sort(due_.begin(), due_.end(),
              [](const Waiting& a, const Waiting& b) { return a.source < b.source; });
    for (const Waiting& waiting : due_)
      if (waiting.due == cycle) {
        requests.push_back({cycle, waiting.source, pattern_.destination(waiting.source, random_), length_});
        wait(cycle, waiting.source);
      } else {
        ring_[cycle % ring_size].push_back(waiting);
      }
    advance();
  }

 private:
  struct Waiting {
    std::uint64_t due = 0;
    int source = 0;
  };
  static constexpr std::uint64_t ring_size = 1024;

  void wait(std::uint64_t now, int source) {
    const double silent =
        std::floor(std::log(random_unit(random_)) / log_silence_); // cycles without a packet
    const std::uint64_t due = now + 1 + static_cast<std::uint64_t>(std::min(silent, 1e15));
    ring_[due % ring_size].push_back({due, source});
  }

  void advance() {
    do
      ++next_;
    while (ring_[next_ % ring_size].empty());
  }

  Pattern pattern_;
  int length_;
  double log_silence_;
  std::mt19937_64 random_;
  std::vector<std::vector<Waiting>> ring_;
  std::vector<Waiting> due_;
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
