// Builds programs step by step, with loops as nested calls.
#pragma once

#include <utility>

#include "mappings/associative/program.hpp"

namespace moesaic::mappings::associative {

class ProgramBuilder {
 public:
  explicit ProgramBuilder(Program& program) : steps_(&program.steps) {}

  void operation(const char* name, std::vector<Index> vectors, std::vector<Index> immediates = {});
  /// The first immediate comes from the control processor's memory.
  void from_memory(const char* name, std::vector<Index> vectors, std::vector<Index> immediates);
  void load(Index vector, Index slot) { operation("load_16", {std::move(vector)}, {std::move(slot)}); }
  void store(Index vector, Index slot) { operation("store_16", {std::move(vector)}, {std::move(slot)}); }
  void transfer(Route route, std::int64_t bytes, const std::string& region, Index offset = 0, Index slot = 0);
  void wait() { add(Step::Kind::wait, ""); }
  void barrier() { add(Step::Kind::barrier, ""); }
  void stage(const std::string& name) { add(Step::Kind::stage, name); }
  void scalar(const std::string& what, std::int64_t elements, bool floating);

  /// Runs `body(depth of the loop's counter)` inside a loop; `count` 0 leaves it out.
  template <class Body> void loop(std::int64_t count, Body body) {
    if (count <= 0)
      return;
    Step loop;
    loop.kind = Step::Kind::loop;
    loop.count = static_cast<std::uint64_t>(count);
    std::vector<Step>* outer = steps_;
    steps_ = &loop.body;
    body(depth_++);
    --depth_;
    steps_ = outer;
    if (!loop.body.empty())
      steps_->push_back(std::move(loop));
  }

 private:
  void add(Step::Kind kind, const std::string& name);
  std::vector<Step>* steps_;
  int depth_ = 0;
};

} // namespace moesaic::mappings::associative
