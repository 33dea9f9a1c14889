// A calendar of things to do at known cycles: near ones in a ring of buckets, far ones in a heap.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

namespace moesaic::hw {

class Calendar {
 public:
  static constexpr std::uint64_t never = ~std::uint64_t{0};

  void add(std::uint64_t cycle, std::int32_t what) {
    if (cycle < now_)
      cycle = now_;
    ++size_;
    if (cycle < next_)
      next_ = cycle;
    if (cycle - now_ >= buckets)
      return far_.push({cycle, what});
    auto& bucket = ring_[cycle % buckets];
    bucket.push_back(what);
    used_[cycle % buckets / 64] |= std::uint64_t{1} << cycle % 64;
  }

  bool empty() const { return size_ == 0; }

  /// The earliest cycle that has something, or never.
  std::uint64_t next() const { return next_; }

  /// Appends to `due` all that is to be done up to `cycle`, in order of cycles and of adding, and moves on
  /// there.
  void take(std::uint64_t cycle, std::vector<std::int32_t>& due) {
    for (std::uint64_t at = next(); at <= cycle && at != never; at = next_) {
      now_ = at;
      while (!far_.empty() && far_.top().cycle - now_ < buckets) {
        const Far far = far_.top();
        far_.pop();
        ring_[far.cycle % buckets].push_back(far.what);
        used_[far.cycle % buckets / 64] |= std::uint64_t{1} << far.cycle % 64;
      }
      auto& bucket = ring_[at % buckets];
      size_ -= bucket.size();
      due.insert(due.end(), bucket.begin(), bucket.end());
      bucket.clear();
      used_[at % buckets / 64] &= ~(std::uint64_t{1} << at % 64);
      next_ = search();
    }
    if (cycle > now_)
      now_ = cycle;
  }

 private:
  std::uint64_t search() const {
    const std::uint64_t far = far_.empty() ? never : far_.top().cycle;
    for (std::uint64_t step = 0; step <= buckets;) {
      const std::uint64_t at = (now_ + step) % buckets;
      const std::uint64_t word = used_[at / 64] >> at % 64;
      if (word != 0) {
        const std::uint64_t near = now_ + step + static_cast<std::uint64_t>(__builtin_ctzll(word));
        return near < far ? near : far;
      }
      step += 64 - at % 64;
    }
    return far;
  }

  static constexpr std::uint64_t buckets = 4096;
  struct Far {
    std::uint64_t cycle;
    std::int32_t what;
    bool operator<(const Far& other) const {
      return cycle != other.cycle ? cycle > other.cycle : what > other.what;
    }
  };
  std::vector<std::int32_t> ring_[buckets];
  std::uint64_t used_[buckets / 64] = {};
  std::priority_queue<Far> far_;
  std::uint64_t now_ = 0, next_ = never;
  std::size_t size_ = 0;
};

} // namespace moesaic::hw
