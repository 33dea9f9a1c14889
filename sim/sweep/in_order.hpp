// Work shared by all cores whose pieces are wanted in order.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "sim/pool/worker_pool.hpp"

namespace moesaic::sim::sweep {

/// Lends out the numbers of pieces, so that few lie ready and are not taken yet.
class PieceQueue {
 public:
  PieceQueue(std::size_t count, std::size_t room) : count_(count), room_(room), ready_(room, false) {}

  /// For the threads: the next piece to make, when there is room for it; `count` at the end.
  std::size_t claim() {
    std::unique_lock<std::mutex> lock(mutex_);
    const std::size_t mine = next_ < count_ ? next_++ : count_;
    changed_.wait(lock, [&] { return mine < taken_ + room_ || mine == count_ || stopped_; });
    return stopped_ ? count_ : mine;
  }
  void made(std::size_t piece, std::exception_ptr error = nullptr) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ready_[piece % room_] = true;
    if (error)
      error_ = error, stopped_ = true;
    changed_.notify_all();
  }

  /// For the taker, piece by piece: throws what making one threw.
  void wait_for(std::size_t piece) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return ready_[piece % room_] || error_; });
    if (error_)
      std::rethrow_exception(error_);
  }
  void took(std::size_t piece) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ready_[piece % room_] = false;
    taken_ = piece + 1;
    changed_.notify_all();
  }
  void stop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  std::size_t count_, room_, next_ = 0, taken_ = 0;
  std::vector<bool> ready_;
  std::exception_ptr error_;
  bool stopped_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
};

/// make(i, piece) for every i below `count`, on as many threads as there are cores, then take(piece) in the order of i, in
/// the calling thread. A piece is handed to `make` again after it was taken, with what it held: room that it need not ask
/// for anew. What either throws is passed on.
template <class Piece, class Make, class Take> void in_order(std::size_t count, Make make, Take take) {
  const auto workers = static_cast<std::size_t>(available_cores());
  std::vector<Piece> pieces(2 * workers);
  PieceQueue queue(count, pieces.size());
  struct Threads : std::vector<std::thread> {
    explicit Threads(PieceQueue& pieces_of) : queue(pieces_of) {}
    ~Threads() {
      queue.stop();
      for (auto& thread : *this)
        thread.join();
    }
    PieceQueue& queue;
  } threads(queue);
  const auto work = [&] {
    for (std::size_t i; (i = queue.claim()) < count;)
      try {
        make(i, pieces[i % pieces.size()]);
        queue.made(i);
      } catch (...) {
        queue.made(i, std::current_exception());
      }
  };
  for (std::size_t i = 0; i < std::min(workers, count); ++i)
    threads.emplace_back(work);
  for (std::size_t i = 0; i < count; ++i) {
    queue.wait_for(i);
    take(pieces[i % pieces.size()]);
    queue.took(i);
  }
}

} // namespace moesaic::sim::sweep
