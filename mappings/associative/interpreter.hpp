// Runs an associative program with values: operations on the cores' bit planes; what card memory and the
// control processors hold is the caller's.
#pragma once

#include <memory>
#include <vector>

#include "hw/associative/functional_core.hpp"
#include "mappings/associative/program.hpp"

namespace moesaic::mappings::associative {

/// What the world around the arrays does. Called for every core in turn, step by step.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  virtual void stage(const std::string&) {}
  /// A transfer; `counters` are those of the loops around it. `slot` is null where L1 takes no part.
  virtual void transfer(int core, const Step& step, std::int64_t offset,
                        std::vector<std::uint16_t>* slot) = 0;
  /// Scalar work of a control processor.
  virtual void scalar(int core, const Step& step) = 0;
  /// The first immediate of an operation that takes it from memory; `written` is what stands in the program.
  virtual std::int64_t from_memory(int core, const Step& step, std::int64_t written) = 0;
  /// All immediates of such an operation, for surroundings that hold more than the first of them in memory.
  virtual void operands(int core, const Step& step, std::vector<std::int64_t>& immediates) {
    immediates[0] = from_memory(core, step, immediates[0]);
  }
  /// After an operation; get_entry, get_marked_data and count give their answers here.
  virtual void after(int core, const Step& step, hw::associative::FunctionalCore& planes) = 0;
  /// The same with the operands that it ran with, for surroundings of any program.
  virtual void ran(int core, const Step& step, const std::vector<int>&, const std::vector<std::int64_t>&,
                   hw::associative::FunctionalCore& planes) {
    after(core, step, planes);
  }
};

/// A program's result, not its timing.
class Interpreter {
 public:
  Interpreter(const Program& program, const hw::associative::OperationSet& operations);
  /// One program for each core. All have the same stages; where a stage has barriers it is the same on all cores.
  Interpreter(std::vector<const Program*> programs, const hw::associative::OperationSet& operations);
  void run(Surroundings& surroundings);
  /// One core's program from begin to end, with surroundings of its own: other cores may run beside it, on other threads.
  void run_core(int core, Surroundings& surroundings);
  /// To fill what is resident before the program runs.
  hw::associative::FunctionalCore& core(int c) { return *cores_[static_cast<std::size_t>(c)]; }

 private:
  using Counters = std::vector<std::int64_t>;
  /// Cores `first` to before `last` in lock step.
  void steps(const std::vector<Step>& steps, int first, int last, Counters& counters, Surroundings& surroundings);
  void step(int core, const Step& step, const Counters& counters, Surroundings& surroundings);

  std::vector<const Program*> programs_; ///< by core
  std::vector<std::unique_ptr<hw::associative::FunctionalCore>> cores_;
};

} // namespace moesaic::mappings::associative
