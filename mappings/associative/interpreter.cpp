#include "mappings/associative/interpreter.hpp"

namespace moesaic::mappings::associative {

Interpreter::Interpreter(const Program& program, const hw::associative::OperationSet& operations)
    : program_(program) {
  for (int c = 0; c < program.cores; ++c)
    cores_.push_back(std::make_unique<hw::associative::FunctionalCore>(operations));
}

void Interpreter::run(Surroundings& surroundings) {
  Counters counters;
  steps(program_.steps, 0, program_.cores, counters, surroundings);
}

void Interpreter::run_core(int core, Surroundings& surroundings) {
  Counters counters;
  steps(program_.steps, core, core + 1, counters, surroundings);
}

void Interpreter::steps(const std::vector<Step>& steps, int first, int last, Counters& counters, Surroundings& surroundings) {
  for (const auto& s : steps) {
    if (s.kind == Step::Kind::stage) {
      surroundings.stage(s.name);
    } else if (s.kind == Step::Kind::loop) {
      counters.push_back(0);
      for (std::uint64_t i = 0; i < s.count; ++i) {
        counters.back() = static_cast<std::int64_t>(i);
        this->steps(s.body, first, last, counters, surroundings);
      }
      counters.pop_back();
    } else {
      for (int c = first; c < last; ++c)
        step(c, s, counters, surroundings);
    }
  }
}

void Interpreter::step(int core, const Step& s, const Counters& counters, Surroundings& surroundings) {
  auto& planes = *cores_[static_cast<std::size_t>(core)];
  if (s.kind == Step::Kind::scalar)
    return surroundings.scalar(core, s);
  if (s.kind == Step::Kind::transfer) {
    const bool l1 = s.route == Route::l4_l1 || s.route == Route::l1_l4 || s.route == Route::l2_l1 ||
                    s.route == Route::l1_l2;
    return surroundings.transfer(core, s, s.offset.at(counters),
                                 l1 ? &planes.slot(s.slot.at(counters)) : nullptr);
  }
  if (s.kind != Step::Kind::operation)
    return;
  std::vector<int> vectors;
  std::vector<std::int64_t> immediates;
  for (const auto& v : s.vectors)
    vectors.push_back(static_cast<int>(v.at(counters)));
  for (const auto& i : s.immediates)
    immediates.push_back(i.at(counters));
  if (s.from_memory)
    surroundings.operands(core, s, immediates);
  planes.run(s.name, vectors, immediates);
  surroundings.ran(core, s, vectors, immediates, planes);
}

} // namespace moesaic::mappings::associative
