// An associative program in time: operations become max-plus steps, transfers what the engines are handed.
#include <cmath>

#include "mappings/associative/program.hpp"

namespace moesaic::mappings::associative {

using hw::associative::Action;
using hw::associative::OperationSet;
using hw::associative::Stream;
using hw::associative::Ticks;
using hw::associative::Timing;

namespace {

class Lowering {
 public:
  Lowering(const OperationSet& operations, bool detailed) : ops_(operations), detailed_(detailed) {}

  void steps(const std::vector<Step>& steps, Stream& out) {
    for (const auto& s : steps)
      step(s, out);
  }

 private:
  void work(Stream& out, const Timing& timing, const std::string& name) const {
    Action action;
    action.timing = timing;
    if (detailed_)
      action.name = name;
    out.push_back(std::move(action));
  }

  void simple(Stream& out, Action::Kind kind, const std::string& name = "") const {
    Action action;
    action.kind = kind;
    action.name = name;
    out.push_back(std::move(action));
  }

  Ticks scalar_ticks(Step::Scalar scalar) const {
    const auto& d = ops_.description();
    return ops_.ticks(scalar == Step::Scalar::integer    ? d.scalar
                      : scalar == Step::Scalar::floating ? d.scalar_float
                                                         : d.card_word);
  }

  /// `engines` of the core share the bytes.
  void start(Stream& out, const char* law, std::int64_t bytes, int engines) const {
    const auto& transfer = ops_.description().transfers.at(law);
    for (int e = 0; e < engines; ++e) {
      Action action;
      action.kind = Action::Kind::start;
      action.engine = e;
      action.setup = ops_.ticks(transfer.setup);
      action.ticks_per_byte = ops_.cycles(transfer.per_byte) * double(hw::associative::ticks_per_cycle);
      action.bytes = static_cast<std::uint64_t>(bytes * (e + 1) / engines - bytes * e / engines);
      if (action.bytes > 0)
        out.push_back(std::move(action));
    }
  }

  void transfer(const Step& s, Stream& out) const {
    const int engines = ops_.description().engines;
    switch (s.route) {
    case Route::l4_l1:
      start(out, "l4_l2", s.bytes, engines);
      simple(out, Action::Kind::wait);
      work(out, ops_.l2_l1(), "l2_l1");
      return;
    case Route::l1_l4:
      work(out, ops_.l2_l1(), "l1_l2");
      simple(out, Action::Kind::drain);
      start(out, "l2_l4", s.bytes, engines);
      simple(out, Action::Kind::wait);
      return;
    case Route::l4_l2:
      return start(out, "l4_l2", s.bytes, engines);
    case Route::l2_l4:
      simple(out, Action::Kind::drain);
      return start(out, "l2_l4", s.bytes, engines);
    case Route::l2_l1:
      return work(out, ops_.l2_l1(), "l2_l1");
    case Route::l1_l2:
      return work(out, ops_.l2_l1(), "l1_l2");
    case Route::l4_l3:
      start(out, "l4_l3", s.bytes, 1);
      break;
    case Route::l4_l3_both:
      start(out, "l4_l3_both", s.bytes, 1);
      break;
    case Route::l3_l4:
      start(out, "l3_l4", s.bytes, 1);
      break;
    }
    simple(out, Action::Kind::wait);
  }

  void step(const Step& s, Stream& out) {
    switch (s.kind) {
    case Step::Kind::operation: {
      std::vector<std::int64_t> immediates;
      // An immediate that changes from turn to turn costs the same each time; the first turn stands for all.
      const std::vector<std::int64_t> first(counters_, 0);
      for (const auto& index : s.immediates)
        immediates.push_back(index.at(first));
      if (s.from_memory)
        work(out, Timing::operation(scalar_ticks(Step::Scalar::integer), 0), "load");
      work(out, ops_.timing(s.name, immediates), s.name);
      return;
    }
    case Step::Kind::transfer:
      return transfer(s, out);
    case Step::Kind::wait:
      return simple(out, Action::Kind::wait);
    case Step::Kind::drain:
      return simple(out, Action::Kind::drain);
    case Step::Kind::scalar:
      return work(out, Timing::operation(scalar_ticks(s.scalar) * Ticks(s.count), 0), s.name);
    case Step::Kind::stage:
      return simple(out, Action::Kind::stage, s.name);
    case Step::Kind::barrier:
      return simple(out, Action::Kind::barrier);
    case Step::Kind::loop: {
      Action loop;
      loop.kind = Action::Kind::loop;
      loop.count = s.count;
      ++counters_;
      steps(s.body, loop.body);
      --counters_;
      work(loop.body, Timing::operation(ops_.ticks(ops_.description().loop_step), 0), "loop");
      out.push_back(std::move(loop));
      return;
    }
    }
  }

  const OperationSet& ops_;
  bool detailed_;
  std::size_t counters_ = 0;
};

} // namespace

Stream lower_to_stream(const Program& program, const OperationSet& operations, bool detailed) {
  Stream stream;
  Lowering(operations, detailed).steps(program.steps, stream);
  return detailed ? stream : hw::associative::merged(stream);
}

} // namespace moesaic::mappings::associative
