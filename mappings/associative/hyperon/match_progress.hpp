// How far a run with values has come.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>

namespace moesaic::mappings::associative {

/// Counts what the threads have done and tells each full percent.
class MatchProgress {
 public:
  MatchProgress(std::size_t all, const std::function<void(double)>& hear) : all_(all), hear_(hear) {}
  void one() {
    if (!hear_)
      return;
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::size_t before = done_++;
    if (done_ * 100 / all_ != before * 100 / all_)
      hear_(double(done_) / double(all_));
  }

 private:
  std::mutex mutex_;
  std::size_t done_ = 0, all_;
  const std::function<void(double)>& hear_;
};

} // namespace moesaic::mappings::associative
