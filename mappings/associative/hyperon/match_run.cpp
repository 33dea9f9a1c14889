#include "mappings/associative/hyperon/match_run.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <stdexcept>

#include "mappings/associative/hyperon/match_batches.hpp"
#include "mappings/associative/hyperon/match_progress.hpp"
#include "mappings/associative/interpreter.hpp"

namespace moesaic::mappings::associative {

namespace {

using hw::associative::FunctionalCore;

class MatchSurroundings : public Surroundings {
 public:
  MatchSurroundings(const Space& space, const MatchPlan& plan, const MatchProgram& match, MatchProgress& progress, MatchAnswers& answers)
      : space_(space), plan_(plan), match_(match), progress_(progress), answers_(answers),
        cores_(static_cast<std::size_t>(match.program.cores)) {
    answers_.read.resize(plan.steps.size());
    for (const auto& [s, held] : match.held_by_step) {
      keys_.emplace(s, SearchKeys(plan.steps[s], match.held[held].layout));
      batches_.emplace(s, MatchBatches(plan.steps[s], match.program.cores / match.held[held].placement.parts));
    }
  }

  void fill(Interpreter& interpreter) const {
    for (const auto& held : match_.held)
      if (held.resident)
        for (std::size_t core = 0; core < cores_.size(); ++core)
          for (int group = 0; group < held.placement.groups; ++group)
            for (int w = 0; w < held.slots_per_group(); ++w)
              interpreter.core(static_cast<int>(core)).slot(held.first_slot + group * held.slots_per_group() + w) =
                  words(held, static_cast<int>(core), group, w);
  }

  void stage(const std::string& name) override {
    summing_ = name == "sum";
    stages_ += !summing_;
  }

  /// Atoms that are not resident come vector by vector, tile after tile.
  void transfer(int core, const Step& step, std::int64_t, std::vector<std::uint16_t>* slot) override {
    if (step.region != "atoms" || !slot)
      return;
    const HeldRelation& held = match_.held[match_.held_by_step.at(stages_ - 1)];
    std::int64_t& next = cores_[static_cast<std::size_t>(core)].next_word;
    *slot = words(held, core, static_cast<int>(next / held.slots_per_group()), static_cast<int>(next % held.slots_per_group()));
    next = (next + 1) % held.slots();
  }
  void scalar(int, const Step&) override {}
  std::int64_t from_memory(int, const Step&, std::int64_t written) override { return written; }
  void operands(int core, const Step&, std::vector<std::int64_t>& immediates) override {
    auto& state = cores_[static_cast<std::size_t>(core)];
    while (state.next_key == state.keys.size())
      next_round(core);
    immediates = state.keys[state.next_key++];
  }

  void after(int core, const Step& step, FunctionalCore& planes) override {
    Core& state = cores_[static_cast<std::size_t>(core)];
    if (step.name == "count_m_g32k") {
      const int marker = static_cast<int>(step.immediates[0].base);
      if (summing_)
        answers_.count += static_cast<std::uint64_t>(planes.count(marker)) << state.next_bit++ % 32;
      else
        begin_reading(core, planes, marker);
      answers_.counted = answers_.counted || summing_;
    }
    if (step.name == "get_marked_data_1024" && state.next_column < state.columns.size()) {
      const auto vector = static_cast<std::size_t>(step.vectors[0].base);
      state.tuple[vector] = planes.planes().element(static_cast<int>(vector), state.columns[state.next_column]);
      if (vector + 1 == state.loaded)
        keep(core);
    }
  }

 private:
  struct Core {
    std::size_t next_round = 0, next_key = 0, next_place = 0, next_bit = 0;
    std::vector<std::vector<std::int64_t>> keys; ///< of the round
    std::int64_t next_word = 0;
    ReadPlace place;
    std::vector<int> columns;
    std::size_t next_column = 0, loaded = 0;
    std::array<std::uint16_t, 8> tuple{};
  };

  /// The same keys are searched for in one vector of atoms after the other.
  void next_round(int core) {
    Core& state = cores_[static_cast<std::size_t>(core)];
    const KeyRound& round = match_.rounds.at(state.next_round++);
    state.next_key = 0;
    progress_.one();
    if (state.next_round > 1 && round == match_.rounds[state.next_round - 2])
      return;
    state.keys.clear();
    const int parts = match_.held[match_.held_by_step.at(round.step)].placement.parts;
    keys_.at(round.step).append(plan_.steps[round.step], batches_.at(round.step), round.batch, core / parts, state.keys);
  }

  std::vector<std::uint16_t> words(const HeldRelation& held, int core, int group, int w) const {
    const int part = core % held.placement.parts;
    if (w < held.layout.words)
      return column_words(space_.relations[static_cast<std::size_t>(held.relation)], held.layout, held.placement, part, group, w);
    const auto columns = static_cast<std::size_t>(held.placement.columns);
    const std::size_t first = (static_cast<std::size_t>(part * held.placement.groups + group)) * columns;
    std::vector<std::uint16_t> starts(columns);
    for (std::size_t c = 0; c < columns; ++c)
      starts[c] = held.placement.starts[first + c] ? 0xffff : 0;
    return starts;
  }

  void begin_reading(int core, FunctionalCore& planes, int marker) {
    Core& state = cores_[static_cast<std::size_t>(core)];
    state.place = match_.places[static_cast<std::size_t>(core)].at(state.next_place++);
    state.columns = planes.marked(marker, static_cast<std::size_t>(planes.planes().shape().columns));
    state.next_column = 0;
    state.loaded = keys_.at(state.place.step).words().size();
    if (!state.place.used && !state.columns.empty())
      throw std::logic_error("a section without a group holds matches");
  }

  /// The tuple's words are together: its fields.
  void keep(int core) {
    Core& state = cores_[static_cast<std::size_t>(core)];
    ++state.next_column;
    const MatchStep& step = plan_.steps[state.place.step];
    const HeldRelation& held = match_.held[match_.held_by_step.at(state.place.step)];
    std::vector<std::uint16_t> words(static_cast<std::size_t>(held.layout.words));
    const auto& loaded = keys_.at(state.place.step).words();
    for (std::size_t i = 0; i < loaded.size(); ++i)
      words[static_cast<std::size_t>(loaded[i])] = state.tuple[i];
    const auto field = [&](int f) { return f < 0 ? 0 : std::uint64_t{held.layout.decode(f, words)}; };
    answers_.read[state.place.step].push_back({state.place.group, field(step.u_field), field(step.v_field)});
  }

  const Space& space_;
  const MatchPlan& plan_;
  const MatchProgram& match_;
  MatchProgress& progress_;
  MatchAnswers& answers_;
  std::vector<Core> cores_;
  std::map<std::size_t, SearchKeys> keys_;
  std::map<std::size_t, MatchBatches> batches_;
  bool summing_ = false;
  std::size_t stages_ = 0; ///< steps of the plan begun
};

void merge(MatchAnswers&& part, MatchAnswers& all) {
  all.count += part.count;
  all.counted = all.counted || part.counted;
  all.read.resize(part.read.size());
  for (std::size_t s = 0; s < part.read.size(); ++s)
    all.read[s].insert(all.read[s].end(), part.read[s].begin(), part.read[s].end());
}

} // namespace

MatchAnswers run_match(const hw::associative::Description& description, const Space& space, const MatchPlan& plan,
                       const MatchProgram& match, const std::function<void(double)>& hear) {
  const hw::associative::OperationSet operations(description, Corner::nominal);
  Interpreter interpreter(match.program, operations);
  const int cores = match.program.cores;
  std::vector<MatchAnswers> parts(static_cast<std::size_t>(cores));
  MatchProgress progress(match.rounds.size() * parts.size(), hear);
  MatchSurroundings(space, plan, match, progress, parts[0]).fill(interpreter);
  std::vector<std::exception_ptr> failed(parts.size());
  // The cores meet nowhere: each has its part of the bindings or of the atoms.
#pragma omp parallel for schedule(dynamic)
  for (int core = 0; core < cores; ++core) {
    const auto at = static_cast<std::size_t>(core);
    try {
      MatchSurroundings surroundings(space, plan, match, progress, parts[at]);
      interpreter.run_core(core, surroundings);
    } catch (...) {
      failed[at] = std::current_exception();
    }
  }
  MatchAnswers answers;
  for (std::size_t core = 0; core < parts.size(); ++core) {
    if (failed[core])
      std::rethrow_exception(failed[core]);
    merge(std::move(parts[core]), answers);
  }
  for (auto& read : answers.read)
    std::sort(read.begin(), read.end());
  return answers;
}

std::vector<std::vector<std::array<std::uint64_t, 3>>> expected_reads(const Space& space, const MatchPlan& plan) {
  std::vector<std::vector<std::array<std::uint64_t, 3>>> all(plan.steps.size());
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const MatchStep& step = plan.steps[s];
    if (!step.read)
      continue;
    const auto& relation = space.relations[static_cast<std::size_t>(step.relation)];
    for (std::size_t g = 0; g < step.groups.size(); ++g)
      for (const std::size_t fact : step.groups[g].facts) {
        const auto field = [&](int f) { return f < 0 ? 0 : std::uint64_t{relation.row(fact)[f]}; };
        all[s].push_back({g, field(step.u_field), field(step.v_field)});
      }
    std::sort(all[s].begin(), all[s].end());
  }
  return all;
}

} // namespace moesaic::mappings::associative
