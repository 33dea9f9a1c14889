#include "mappings/associative/interpreter.hpp"

#include <algorithm>

namespace moesaic::mappings::associative {

namespace {

/// The steps of one stage.
struct Segment {
  std::string stage; ///< "": before the first stage
  std::vector<Step> steps;
};

std::vector<Segment> segments(const Program& program) {
  std::vector<Segment> all(1);
  for (const Step& step : program.steps)
    if (step.kind == Step::Kind::stage)
      all.push_back({step.name, {}});
    else
      all.back().steps.push_back(step);
  return all;
}

bool has_barrier(const std::vector<Step>& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    return step.kind == Step::Kind::barrier || (step.kind == Step::Kind::loop && has_barrier(step.body));
  });
}

} // namespace

Interpreter::Interpreter(const Program& program, const hw::associative::OperationSet& operations)
    : Interpreter(std::vector<const Program*>(static_cast<std::size_t>(program.cores), &program), operations) {}

Interpreter::Interpreter(std::vector<const Program*> programs, const hw::associative::OperationSet& operations)
    : programs_(std::move(programs)) {
  for (std::size_t c = 0; c < programs_.size(); ++c)
    cores_.push_back(std::make_unique<hw::associative::FunctionalCore>(operations));
}

void Interpreter::run(Surroundings& surroundings) {
  Counters counters;
  const int cores = static_cast<int>(programs_.size());
  if (std::all_of(programs_.begin(), programs_.end(), [&](const Program* program) { return program == programs_[0]; }))
    return steps(programs_[0]->steps, 0, cores, counters, surroundings);
  std::vector<std::vector<Segment>> all;
  for (const Program* program : programs_)
    all.push_back(segments(*program));
  for (std::size_t s = 0; s < all[0].size(); ++s) {
    if (s > 0)
      surroundings.stage(all[0][s].stage);
    if (has_barrier(all[0][s].steps)) {
      steps(all[0][s].steps, 0, cores, counters, surroundings);
      continue;
    }
    for (int c = 0; c < cores; ++c)
      steps(all[static_cast<std::size_t>(c)][s].steps, c, c + 1, counters, surroundings);
  }
}

void Interpreter::run_core(int core, Surroundings& surroundings) {
  Counters counters;
  steps(programs_[static_cast<std::size_t>(core)]->steps, core, core + 1, counters, surroundings);
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
