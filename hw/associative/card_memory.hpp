// The card's memory: a bandwidth that all engines at work share in equal parts, none faster than it can go
// alone.
#pragma once

#include <list>
#include <systemc>

#include "hw/associative/timing.hpp"

namespace moesaic::hw::associative {

class CardMemory : public sc_core::sc_module {
 public:
  /// `rate` is in bytes per tick.
  CardMemory(sc_core::sc_module_name name, double rate);

  struct Job {
    double left = 0; ///< bytes
    double wish = 0; ///< bytes per tick that the engine could take
    double rate = 0;
    bool slowed = false;
    bool done = false;
    sc_core::sc_event finished;
  };
  /// Begins a job; its `finished` is notified when the last byte has moved. The job stays the caller's.
  void begin(Job& job);

 private:
  void step();
  void advance();
  void share();

  double rate_;
  std::list<Job*> jobs_;
  Ticks last_ = 0;
  sc_core::sc_event next_;
};

} // namespace moesaic::hw::associative
