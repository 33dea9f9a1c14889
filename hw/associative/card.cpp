#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "hw/associative/core.hpp"
#include "hw/simulation.hpp"

namespace moesaic::hw::associative {

Stream merged(const Stream& stream) {
  Stream result;
  const auto append = [&result](Action action) {
    if (action.kind == Action::Kind::work && !result.empty() && result.back().kind == Action::Kind::work)
      result.back().timing = result.back().timing.then(action.timing);
    else
      result.push_back(std::move(action));
  };
  for (const auto& action : stream) {
    Action copy = action;
    if (action.kind == Action::Kind::loop) {
      copy.body = merged(action.body);
      if (action.count == 0 || copy.body.empty())
        continue;
      if (copy.body.size() == 1 && copy.body[0].kind == Action::Kind::work) {
        copy.kind = Action::Kind::work;
        copy.timing = copy.body[0].timing.repeated(action.count);
        copy.body.clear();
      }
    }
    append(std::move(copy));
  }
  return result;
}

CardTimes run_card(const std::vector<const Stream*>& streams, int engines, double bytes_per_tick,
                   const SpanWindow* spans) {
  Simulation simulation;
  CardRecorder recorder;
  recorder.window = spans;
  CardMemory memory("memory", bytes_per_tick);
  Barrier barrier;
  barrier.cores = static_cast<int>(streams.size());
  struct Core {
    std::unique_ptr<VectorArray> array;
    std::vector<std::unique_ptr<TransferEngine>> engines;
    std::unique_ptr<ControlProcessor> control;
  };
  std::vector<Core> cores(streams.size());
  for (std::size_t c = 0; c < cores.size(); ++c) {
    const int index = static_cast<int>(c);
    cores[c].array = std::make_unique<VectorArray>(fmt::format("array_{}", c).c_str(), index, recorder);
    for (int e = 0; e < engines; ++e)
      cores[c].engines.push_back(std::make_unique<TransferEngine>(fmt::format("engine_{}_{}", c, e).c_str(),
                                                                  index, e, memory, recorder));
    cores[c].control =
        std::make_unique<ControlProcessor>(fmt::format("control_{}", c).c_str(), index, *streams[c],
                                           *cores[c].array, cores[c].engines, barrier, recorder);
  }
  simulation.run();
  for (const auto& core : cores)
    recorder.times.total = std::max(recorder.times.total, core.control->finished_at());
  if (recorder.times.bytes > 0)
    recorder.times.contended = recorder.slowed_bytes / double(recorder.times.bytes);
  // The modules die before the context they belong to.
  for (auto& core : cores)
    core = Core{};
  return std::move(recorder.times);
}

} // namespace moesaic::hw::associative
