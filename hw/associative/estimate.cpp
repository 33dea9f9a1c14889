// A core's stream in closed form: two clocks, of the control processor and of the array, and one per engine.
#include <algorithm>

#include "hw/associative/stream.hpp"

namespace moesaic::hw::associative {

namespace {

/// Where a core stands, and what it has added up. Everything grows by the same in every further turn of a loop.
struct State {
  double control = 0, array = 0;
  std::vector<double> engine; ///< free at
  double issue = 0, busy = 0, transfer = 0, waiting = 0, bytes = 0;

  template <class Visit> static void visit(State& a, const State& b, Visit visit) {
    for (const auto field : {&State::control, &State::array, &State::issue, &State::busy, &State::transfer, &State::waiting, &State::bytes})
      visit(a.*field, b.*field);
    for (std::size_t i = 0; i < a.engine.size(); ++i)
      visit(a.engine[i], b.engine[i]);
  }
};

class Follower {
 public:
  Follower(int cores, int engines, double bytes_per_tick) : least_per_byte_(cores * engines / bytes_per_tick) {
    state_.engine.assign(static_cast<std::size_t>(engines), 0);
  }

  const State& follow(const Stream& stream) {
    perform(stream);
    for (const double free : state_.engine)
      state_.control = std::max(state_.control, free);
    state_.control = std::max(state_.control, state_.array);
    return state_;
  }

 private:
  void perform(const Stream& stream) {
    for (const Action& action : stream)
      act(action);
  }

  void act(const Action& action) {
    switch (action.kind) {
    case Action::Kind::work:
      return work(action.timing);
    case Action::Kind::start: {
      double& free = state_.engine[static_cast<std::size_t>(action.engine)];
      // No faster than the share of the card memory that all engines at work would leave.
      const double seconds = double(action.setup) + double(action.bytes) * std::max(action.ticks_per_byte, least_per_byte_);
      free = std::max(free, state_.control) + seconds;
      state_.transfer += seconds;
      state_.bytes += double(action.bytes);
      return;
    }
    case Action::Kind::wait: {
      const double before = state_.control;
      for (const double free : state_.engine)
        state_.control = std::max(state_.control, free);
      state_.waiting += state_.control - before;
      return;
    }
    case Action::Kind::drain:
    case Action::Kind::barrier:
      state_.control = std::max(state_.control, state_.array);
      return;
    case Action::Kind::loop:
      return loop(action);
    case Action::Kind::stage:
      return;
    }
  }

  void work(const Timing& t) {
    const double control = state_.control, array = state_.array;
    state_.control = std::max(control + double(t.cc), array + double(t.ca));
    if (t.array > 0)
      state_.array = std::max(control + double(t.ac), array + double(t.aa));
    state_.issue += double(t.issue);
    state_.busy += double(t.array);
  }

  void loop(const Action& action) {
    constexpr std::uint64_t followed = 4;
    State before = state_;
    for (std::uint64_t i = 0; i < std::min(action.count, followed); ++i) {
      before = state_;
      perform(action.body);
    }
    if (action.count <= followed)
      return;
    const double further = double(action.count - followed);
    State::visit(state_, before, [&](double& now, double last) { now += further * (now - last); });
  }

  double least_per_byte_;
  State state_;
};

} // namespace

CardTimes estimate_card(const Stream& stream, int cores, int engines, double bytes_per_tick) {
  const State state = Follower(cores, engines, bytes_per_tick).follow(stream);
  const auto ticks = [](double value) { return static_cast<Ticks>(value + 0.5); };
  CardTimes times;
  times.total = ticks(state.control);
  times.issue = ticks(cores * state.issue);
  times.array = ticks(cores * state.busy);
  times.transfer = ticks(cores * state.transfer);
  times.waiting = ticks(cores * state.waiting);
  times.bytes = static_cast<std::uint64_t>(cores * state.bytes + 0.5);
  return times;
}

} // namespace moesaic::hw::associative
