#include "mappings/associative/hyperon/match_lowering.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/builder.hpp"
#include "mappings/associative/hyperon/held_relations.hpp"
#include "mappings/associative/hyperon/match_batches.hpp"
#include "mappings/associative/hyperon/match_collect.hpp"
#include "mappings/associative/hyperon/match_vectors.hpp"

namespace moesaic::mappings::associative {

namespace {

constexpr int marked_u = 4, marked_v = 5, number = 7, run_starts = 10; // vectors of a core
class MatchLowering {
 public:
  MatchLowering(const hw::associative::Description& d, const Space& space, const MatchPlan& plan, bool values,
                MatchProgram& out)
      : d_(d), space_(space), plan_(plan), values_(values), out_(out), b_(out.program) {}

  void run() {
    hold_relations(d_, space_, plan_, out_);
    out_.places.resize(static_cast<std::size_t>(d_.cores));
    auto& program = out_.program;
    program.regions["bindings"] = chunk;
    program.regions["atoms"] = d_.vector_bytes();
    program.l3_bytes = chunk;
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      const MatchStep& step = plan_.steps[s];
      const char* does = step.kind == MatchStep::Kind::scan ? "scan" : step.kind == MatchStep::Kind::product ? "pair"
                         : step.read                        ? "match and read"
                                                            : "match and count";
      b_.stage(fmt::format("{} {}", does, step.text));
      if (step.kind == MatchStep::Kind::match)
        match(s);
      else
        work_through(step);
    }
  }

 private:
  /// Rows that the control processors share.
  void work_through(const MatchStep& step) {
    const std::int64_t rows = (static_cast<std::int64_t>(step.work) + d_.cores - 1) / d_.cores;
    fetch(b_, rows * binding_bytes * 2);
    b_.scalar("go through bindings", 2 * rows, false);
    b_.barrier();
  }

  void match(std::size_t s) {
    const MatchStep& step = plan_.steps[s];
    const HeldRelation& held = out_.held[out_.held_by_step.at(s)];
    const SearchKeys keys(step, held.layout);
    if (keys.words().size() > most_words)
      throw InputError(fmt::format("{}: tuples of {} words: not supported, at most {} are", step.text, keys.words().size(),
                                   most_words));
    const int shares = d_.cores / held.placement.parts; // cores that hold the same part
    const MatchBatches batches(step, shares);
    out_.searches += step.searches();
    if (!step.read)
      b_.operation("reset_16", {sum_low}), b_.operation("reset_16", {sum_high});
    const std::int64_t at_once = held.resident ? held.placement.groups : d_.l1_slots / held.slots_per_group();
    for (std::int64_t first = 0; first < held.placement.groups; first += at_once) {
      const std::int64_t groups = std::min<std::int64_t>(at_once, held.placement.groups - first);
      if (!held.resident)
        b_.loop(groups * held.slots_per_group(), [&](int i) {
          b_.transfer(Route::l4_l1, d_.vector_bytes(), "atoms", 0, Index(held.first_slot).plus(i, 1));
        });
      for (std::size_t batch = 0; batch < batches.rounds(); ++batch)
        round(s, held, keys, batches, batch, first, groups);
    }
    if (step.read) {
      out_.reads += step.results;
      exchange(b_, d_.cores, static_cast<std::int64_t>(step.results), shares);
    } else {
      sum(b_, d_.cores);
    }
  }

  void round(std::size_t s, const HeldRelation& held, const SearchKeys& keys, const MatchBatches& batches,
             std::size_t batch, std::int64_t first, std::int64_t groups) {
    const MatchStep& step = plan_.steps[s];
    const std::int64_t bytes = binding_bytes * batches.most_keys(batch);
    const bool fits = bytes <= chunk;
    if (fits)
      fetch(b_, bytes);
    const auto mark = [&](Index slot) {
      if (!fits)
        fetch(b_, bytes);
      search(keys, batches, batch, std::move(slot));
    };
    if (values_)
      out_.rounds.insert(out_.rounds.end(), static_cast<std::size_t>(groups), {s, batch});
    if (!step.read) {
      b_.loop(groups, [&](int g) {
        mark(Index(held.first_slot).plus(g, held.slots_per_group()));
        if (step.distinct) {
          b_.load(run_starts, Index(held.first_slot + held.layout.words).plus(g, held.slots_per_group()));
          b_.operation("first_of_run_16", {marked, marked, run_starts}, {std::max(0, held.placement.longest_run - 1)});
        }
        b_.operation("popcount_16", {number, marked});
        b_.operation("add_s32", {sum_low, sum_high, sum_low, sum_high, number});
      });
      return;
    }
    for (std::int64_t g = 0; g < groups; ++g) {
      mark(held.first_slot + g * held.slots_per_group());
      read(s, held, keys, batches, batch, static_cast<int>(first + g));
    }
  }

  void search(const SearchKeys& keys, const MatchBatches& batches, std::size_t batch, Index slot) {
    for (std::size_t i = 0; i < keys.words().size(); ++i) {
      Index of_word = slot;
      of_word.base += keys.words()[i];
      b_.load(static_cast<int>(i), of_word);
    }
    const auto all = [&](bool u, int to) {
      const auto& words = keys.words_of(u);
      std::vector<Index> vectors{to}, immediates;
      for (const int w : words) {
        vectors.emplace_back(keys.vector_of(w));
        immediates.emplace_back(0x5555 & keys.care(u, w)); // stands for any key
        immediates.emplace_back(keys.care(u, w));
      }
      immediates.emplace_back(1);
      b_.operation("reset_16", {to});
      b_.loop(batches.most(u, batch), [&](int) {
        b_.scalar("next key", static_cast<std::int64_t>(words.size()), false);
        b_.from_memory(search_name(words.size()), vectors, immediates);
      });
    };
    if (!keys.has(false))
      return all(true, marked);
    if (!keys.has(true))
      return all(false, marked);
    all(true, marked_u);
    all(false, marked_v);
    b_.operation("and_16", {marked, marked_u, marked_v});
  }

  /// Section by section: how many are marked, then one after the other.
  void read(std::size_t s, const HeldRelation& held, const SearchKeys& keys, const MatchBatches& batches, std::size_t batch,
            int group) {
    const MatchStep& step = plan_.steps[s];
    for (int section = 0; section < batches.sections(batch); ++section) {
      std::vector<std::int64_t> found(static_cast<std::size_t>(d_.cores));
      for (int core = 0; core < d_.cores; ++core) {
        ReadPlace place{s, 0, false};
        if (const auto index = batches.group(core / held.placement.parts, batch, section)) {
          place = {s, *index, true};
          for (const std::size_t fact : step.groups[*index].facts)
            found[static_cast<std::size_t>(core)] += held.placement.part(fact) == core % held.placement.parts &&
                                                     held.placement.group(fact) == group;
        }
        if (values_)
          out_.places[static_cast<std::size_t>(core)].push_back(place);
      }
      b_.operation("cpy_to_mrk_16_msk", {marked}, {1 << section, marker});
      b_.operation("count_m_g32k", {}, {marker});
      b_.loop(*std::max_element(found.begin(), found.end()), [&](int) {
        for (std::size_t i = 0; i < keys.words().size(); ++i)
          b_.operation("get_marked_data_1024", {static_cast<int>(i)}, {marker});
        b_.scalar("keep a tuple", 2, false);
      });
    }
  }

  const hw::associative::Description& d_;
  const Space& space_;
  const MatchPlan& plan_;
  bool values_;
  MatchProgram& out_;
  ProgramBuilder b_;
};

} // namespace

MatchProgram lower_match(const hw::associative::Description& d, const Space& space, const Query& query,
                         const MatchPlan& plan, bool values) {
  MatchProgram out;
  out.program.name = query.name;
  out.program.title = query.text;
  out.program.cores = d.cores;
  MatchLowering(d, space, plan, values, out).run();
  return out;
}

} // namespace moesaic::mappings::associative
