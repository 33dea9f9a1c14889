// One core in time: control processor, array and transfer engines, each a SystemC process.
#pragma once

#include <deque>
#include <memory>
#include <systemc>
#include <vector>

#include "hw/associative/card_memory.hpp"
#include "hw/associative/stream.hpp"

namespace moesaic::hw::associative {

/// What the cores of a card record together.
struct CardRecorder {
  CardTimes times;
  const SpanWindow* window = nullptr; ///< of the spans to keep, if any
  double slowed_bytes = 0;
  void busy(std::vector<double> Utilisation::*what, Ticks start, Ticks end, double amount);
  void span(int core, const char* unit, const std::string& name, Ticks start, Ticks end);
};

/// All cores arrive, then all go on.
struct Barrier {
  int cores = 1, arrived = 0;
  sc_core::sc_event open;
};

/// Moves bytes between card memory and its core, one transfer at a time.
class TransferEngine : public sc_core::sc_module {
 public:
  TransferEngine(sc_core::sc_module_name name, int core, int index, CardMemory& memory,
                 CardRecorder& recorder);
  void start(const Action& transfer);
  bool idle() const { return queue_.empty() && !busy_; }
  const sc_core::sc_event& done() const { return done_; }

 private:
  void run();
  int core_, index_;
  CardMemory& memory_;
  CardRecorder& recorder_;
  struct Transfer {
    Ticks setup;
    double ticks_per_byte;
    std::uint64_t bytes;
  };
  std::deque<Transfer> queue_;
  CardMemory::Job job_;
  bool busy_ = false;
  sc_core::sc_event work_, done_;
};

/// The array: works through what the control processor hands it, in order.
class VectorArray : public sc_core::sc_module {
 public:
  VectorArray(sc_core::sc_module_name name, int core, CardRecorder& recorder);
  /// The control processor hands over work that will be finished at `end`; the array works `busy` of the
  /// time.
  void hand_over(Ticks end, Ticks busy, const std::string& name);
  Ticks free_at() const { return free_at_; }

 private:
  void run();
  struct Package {
    Ticks end, busy;
    std::string name;
  };
  int core_;
  CardRecorder& recorder_;
  std::deque<Package> queue_;
  Ticks free_at_ = 0;
  sc_core::sc_event work_;
};

/// Runs a stream. It runs ahead of the clock between the actions in which it meets the engines or the other
/// cores.
class ControlProcessor : public sc_core::sc_module {
 public:
  ControlProcessor(sc_core::sc_module_name name, int core, const Stream& stream, VectorArray& array,
                   std::vector<std::unique_ptr<TransferEngine>>& engines, Barrier& barrier,
                   CardRecorder& recorder);
  Ticks finished_at() const { return finished_at_; }

 private:
  void run();
  void perform(const Stream& stream);
  void act(const Action& action);
  void work(const Action& action);
  void catch_up(); ///< lets simulated time reach this processor's own
  void stage(const std::string& name);

  int core_;
  const Stream& stream_;
  VectorArray& array_;
  std::vector<std::unique_ptr<TransferEngine>>& engines_;
  Barrier& barrier_;
  CardRecorder& recorder_;
  Ticks time_ = 0, finished_at_ = 0;
};

} // namespace moesaic::hw::associative
