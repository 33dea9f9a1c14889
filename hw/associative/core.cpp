#include "hw/associative/core.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace moesaic::hw::associative {

using sc_core::sc_time;

namespace {

Ticks now() {
  return static_cast<Ticks>(sc_core::sc_time_stamp().value());
}

void wait_until(Ticks t) {
  if (t > now())
    sc_core::wait(sc_time::from_value(static_cast<sc_dt::uint64>(t - now())));
}

constexpr std::size_t bins = 128;

} // namespace

void CardRecorder::busy(std::vector<double> Utilisation::*what, Ticks start, Ticks end, double amount) {
  Utilisation& u = times.utilisation;
  if (u.width == 0)
    u.width = 1000 * ticks_per_cycle;
  while (end > u.width * Ticks(bins)) {
    for (auto* series : {&u.issue, &u.array, &u.bytes}) {
      series->resize(bins);
      for (std::size_t i = 0; i < bins; ++i)
        (*series)[i] = i < bins / 2 ? (*series)[2 * i] + (*series)[2 * i + 1] : 0;
    }
    u.width *= 2;
  }
  (u.*what).resize(bins);
  const double rate = amount / double(std::max<Ticks>(end - start, 1));
  for (Ticks at = start; at < end;) {
    const Ticks edge = std::min(end, (at / u.width + 1) * u.width);
    (u.*what)[static_cast<std::size_t>(at / u.width)] += rate * double(edge - at);
    at = edge;
  }
}

void CardRecorder::span(int core, const char* unit, const std::string& name, Ticks start, Ticks end) {
  if (window == nullptr || times.cut)
    return;
  if (now() > window->to || times.spans.size() == window->most) {
    times.cut = true;
    sc_core::sc_pause();
  } else if (end > start && end >= window->from && start <= window->to) { // issue runs ahead of the clock
    times.spans.push_back({core, unit, name, start, end});
  }
}

TransferEngine::TransferEngine(sc_core::sc_module_name name, int core, int index, CardMemory& memory,
                               CardRecorder& recorder)
    : sc_module(name), core_(core), index_(index), memory_(memory), recorder_(recorder) {
  SC_HAS_PROCESS(TransferEngine);
  SC_THREAD(run);
}

void TransferEngine::start(const Action& transfer) {
  queue_.push_back({transfer.setup, transfer.ticks_per_byte, transfer.bytes});
  work_.notify(sc_core::SC_ZERO_TIME);
}

void TransferEngine::run() {
  for (;;) {
    while (queue_.empty())
      wait(work_);
    busy_ = true;
    const Transfer transfer = queue_.front();
    queue_.pop_front();
    const Ticks begin = now();
    wait_until(begin + transfer.setup);
    job_.left = double(transfer.bytes);
    job_.wish = 1 / transfer.ticks_per_byte;
    job_.slowed = false;
    memory_.begin(job_);
    while (!job_.done)
      wait(job_.finished);
    recorder_.times.transfer += now() - begin;
    recorder_.times.bytes += transfer.bytes;
    recorder_.slowed_bytes += job_.slowed ? double(transfer.bytes) : 0;
    recorder_.busy(&Utilisation::bytes, begin, now(), double(transfer.bytes));
    recorder_.span(core_, index_ == 0 ? "transfer 0" : "transfer 1", "transfer", begin, now());
    busy_ = false;
    done_.notify(sc_core::SC_ZERO_TIME);
  }
}

VectorArray::VectorArray(sc_core::sc_module_name name, int core, CardRecorder& recorder)
    : sc_module(name), core_(core), recorder_(recorder) {
  SC_HAS_PROCESS(VectorArray);
  SC_THREAD(run);
}

void VectorArray::hand_over(Ticks end, Ticks busy, const std::string& name) {
  free_at_ = end;
  queue_.push_back({end, busy, name});
  work_.notify(sc_core::SC_ZERO_TIME);
}

void VectorArray::run() {
  for (;;) {
    while (queue_.empty())
      wait(work_);
    const Package package = queue_.front();
    queue_.pop_front();
    const Ticks begin = package.end - package.busy;
    wait_until(package.end);
    recorder_.times.array += package.busy;
    recorder_.busy(&Utilisation::array, std::max<Ticks>(begin, 0), package.end, double(package.busy));
    recorder_.span(core_, "array", package.name, std::max<Ticks>(begin, 0), package.end);
  }
}

ControlProcessor::ControlProcessor(sc_core::sc_module_name name, int core, const Stream& stream,
                                   VectorArray& array, std::vector<std::unique_ptr<TransferEngine>>& engines,
                                   Barrier& barrier, CardRecorder& recorder)
    : sc_module(name), core_(core), stream_(stream), array_(array), engines_(engines), barrier_(barrier),
      recorder_(recorder) {
  SC_HAS_PROCESS(ControlProcessor);
  SC_THREAD(run);
}

void ControlProcessor::run() {
  perform(stream_);
  for (const auto& engine : engines_)
    while (!engine->idle()) {
      catch_up();
      if (!engine->idle())
        wait(engine->done());
      time_ = std::max(time_, now());
    }
  finished_at_ = std::max(time_, array_.free_at());
  catch_up();
  if (core_ == 0 && !recorder_.times.stages.empty())
    recorder_.times.stages.back().end = finished_at_;
}

void ControlProcessor::perform(const Stream& stream) {
  for (const auto& action : stream)
    act(action);
}

void ControlProcessor::act(const Action& action) {
  switch (action.kind) {
  case Action::Kind::work:
    work(action);
    break;
  case Action::Kind::start:
    catch_up();
    engines_[static_cast<std::size_t>(action.engine)]->start(action);
    break;
  case Action::Kind::wait: {
    catch_up();
    const Ticks begin = now();
    for (const auto& engine : engines_)
      while (!engine->idle())
        wait(engine->done());
    time_ = now();
    recorder_.times.waiting += time_ - begin;
    break;
  }
  case Action::Kind::drain:
    time_ = std::max(time_, array_.free_at());
    break;
  case Action::Kind::loop:
    for (std::uint64_t i = 0; i < action.count; ++i)
      perform(action.body);
    break;
  case Action::Kind::barrier:
    time_ = std::max(time_, array_.free_at());
    catch_up();
    if (++barrier_.arrived == barrier_.cores) {
      barrier_.arrived = 0;
      barrier_.open.notify(sc_core::SC_ZERO_TIME);
    } else {
      wait(barrier_.open);
    }
    time_ = now();
    break;
  case Action::Kind::stage:
    stage(action.name);
    break;
  }
}

void ControlProcessor::work(const Action& action) {
  const Timing& t = action.timing;
  const Ticks array = array_.free_at(), start = time_;
  time_ = std::max(start + t.cc, array + t.ca);
  if (t.array > 0)
    array_.hand_over(std::max(start + t.ac, array + t.aa), t.array, action.name);
  recorder_.times.issue += t.issue;
  recorder_.busy(&Utilisation::issue, start, time_, double(t.issue));
  recorder_.span(core_, "issue", action.name, start, time_);
}

void ControlProcessor::catch_up() {
  wait_until(time_);
}

void ControlProcessor::stage(const std::string& name) {
  if (core_ != 0)
    return;
  const Ticks at = std::max(time_, array_.free_at());
  auto& stages = recorder_.times.stages;
  if (!stages.empty())
    stages.back().end = at;
  for (auto& s : stages)
    if (s.name == name && s.end == at) { // the same stage goes on
      std::rotate(stages.begin() + (&s - stages.data()), stages.begin() + (&s - stages.data()) + 1,
                  stages.end());
      return;
    }
  stages.push_back({name, at, at});
}

} // namespace moesaic::hw::associative
