// Counters in memory that forked workers share with the pool.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <sys/mman.h>
#include <system_error>

namespace moesaic::sim {

class WorkerCounters {
 public:
  explicit WorkerCounters(std::size_t count) : bytes_(count * sizeof(Counter)) {
    void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      throw std::system_error(errno, std::generic_category(), "workers cannot be started");
    counters_ = static_cast<Counter*>(memory);
  }
  ~WorkerCounters() { munmap(counters_, bytes_); }
  WorkerCounters(const WorkerCounters&) = delete;
  WorkerCounters& operator=(const WorkerCounters&) = delete;
  std::atomic<std::uint64_t>& operator[](std::size_t i) { return counters_[i].value; }

 private:
  struct alignas(64) Counter { // a cache line each
    std::atomic<std::uint64_t> value;
  };
  std::size_t bytes_;
  Counter* counters_ = nullptr;
};

} // namespace moesaic::sim
