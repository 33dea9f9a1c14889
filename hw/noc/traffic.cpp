#include "hw/noc/traffic.hpp"

#include <algorithm>
#include <cmath>

#include "description/error.hpp"
#include "hw/noc/active_set.hpp"

namespace moesaic::hw::noc {

namespace {

/// A set of endpoints for each of the next cycles, in one array: a bit each, and one for every word that has any.
class SetRing {
 public:
  /// `cycles` is a power of two.
  SetRing(std::size_t cycles, std::size_t endpoints)
      : mask_(cycles - 1), words_((endpoints + 63) / 64), groups_((words_ + 63) / 64), bits_(cycles * words_),
        used_(cycles * groups_) {}

  bool same(std::uint64_t a, std::uint64_t b) const { return ((a ^ b) & mask_) == 0; }
  void insert(std::uint64_t cycle, std::uint32_t endpoint) {
    bits_[(cycle & mask_) * words_ + (endpoint >> 6)] |= std::uint64_t{1} << (endpoint & 63);
    used_[(cycle & mask_) * groups_ + (endpoint >> 12)] |= std::uint64_t{1} << (endpoint >> 6 & 63);
  }
  bool empty(std::uint64_t cycle) const {
    const std::uint64_t* used = &used_[(cycle & mask_) * groups_];
    return std::all_of(used, used + groups_, [](std::uint64_t word) { return word == 0; });
  }
  /// As visit_bits, of `cycle`; `keep` may insert in other cycles.
  template <class Keep> void visit(std::uint64_t cycle, Keep&& keep) {
    const std::size_t row = cycle & mask_;
    visit_bits(&bits_[row * words_], &used_[row * groups_], groups_, keep);
  }

 private:
  std::uint64_t mask_;
  std::size_t words_, groups_; // of one cycle
  std::vector<std::uint64_t> bits_, used_;
};

/// Draws the gap to the next packet at once (geometric), so that silent endpoints cost nothing. Endpoints
/// wait in a ring of cycles; those further ahead than the ring is long go round.
class Bernoulli : public Traffic {
 public:
  Bernoulli(const Topology& topology, const Pattern& pattern, double rate, int length, std::uint64_t seed)
      : pattern_(pattern), length_(length), log_silence_(std::log1p(-rate / length)), random_(seed),
        due_(static_cast<std::size_t>(topology.endpoints())), ring_(ring_for(due_.size()), due_.size()) {
    for (int source = 0; source < topology.endpoints(); ++source)
      ring_.insert(wait(0, source), static_cast<std::uint32_t>(source));
    advance();
  }

  std::uint64_t next() const override { return next_; }

  void take(std::uint64_t cycle, std::vector<Request>& requests) override {
    ring_.visit(cycle, [&](std::uint32_t waiting) {
      if (due_[waiting] != cycle)
        return true;
      const int source = static_cast<int>(waiting);
      requests.push_back({cycle, source, pattern_.destination(source, random_), length_});
      const std::uint64_t next = wait(cycle, source);
      if (ring_.same(next, cycle))
        return true;
      ring_.insert(next, waiting);
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
    while (ring_.empty(next_));
  }

  Pattern pattern_;
  int length_;
  double log_silence_;
  std::mt19937_64 random_;
  std::vector<std::uint64_t> due_; ///< by source
  SetRing ring_;
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
