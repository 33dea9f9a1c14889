#include "hw/associative/card_memory.hpp"

#include <algorithm>
#include <cmath>

namespace moesaic::hw::associative {

namespace {

Ticks now() {
  return static_cast<Ticks>(sc_core::sc_time_stamp().value());
}

} // namespace

CardMemory::CardMemory(sc_core::sc_module_name name, double rate) : sc_module(name), rate_(rate) {
  SC_HAS_PROCESS(CardMemory);
  SC_METHOD(step);
  sensitive << next_;
  dont_initialize();
}

void CardMemory::begin(Job& job) {
  advance();
  job.done = false;
  jobs_.push_back(&job);
  next_.notify(sc_core::SC_ZERO_TIME);
}

void CardMemory::advance() {
  const auto passed = static_cast<double>(now() - last_);
  last_ = now();
  for (Job* job : jobs_)
    job->left -= job->rate * passed;
}

// Each job gets its wish or an equal part of what the smaller wishes leave.
void CardMemory::share() {
  std::vector<Job*> order(jobs_.begin(), jobs_.end());
  std::stable_sort(order.begin(), order.end(), [](const Job* a, const Job* b) { return a->wish < b->wish; });
  double left = rate_;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double part = left / double(order.size() - i);
    order[i]->rate = std::min(order[i]->wish, part);
    order[i]->slowed |= order[i]->rate < order[i]->wish;
    left -= order[i]->rate;
  }
}

void CardMemory::step() {
  constexpr double nothing = 1e-6; // bytes; less is rounding
  advance();
  for (auto it = jobs_.begin(); it != jobs_.end();) {
    if ((*it)->left > nothing) {
      ++it;
      continue;
    }
    (*it)->done = true;
    (*it)->finished.notify(sc_core::SC_ZERO_TIME);
    it = jobs_.erase(it);
  }
  share();
  double soonest = -1;
  for (const Job* job : jobs_) {
    const double ticks = job->left / job->rate;
    soonest = soonest < 0 ? ticks : std::min(soonest, ticks);
  }
  if (soonest >= 0)
    next_.notify(sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(std::max(1.0, std::ceil(soonest)))));
}

} // namespace moesaic::hw::associative
