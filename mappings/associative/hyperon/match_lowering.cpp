#include "mappings/associative/hyperon/match_lowering.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/builder.hpp"
#include "mappings/associative/hyperon/held_relations.hpp"
#include "mappings/associative/hyperon/match_batches.hpp"

namespace moesaic::mappings::associative {

namespace {

// Vectors of a core: the atoms' words from 0 on, then these.
constexpr int most_words = 4, marked_u = 4, marked_v = 5, marked = 6, number = 7, sum_low = 8, sum_high = 9, run_starts = 10;
constexpr int marker = 4;
constexpr std::int64_t chunk = 512 * 1024; ///< bytes of bindings that a core keeps in L3 at a time
constexpr std::int64_t binding_bytes = 4;
constexpr int sorting_steps = 8;           ///< of the control processor, to file one tuple under its prefix

class MatchLowering {
 public:
  MatchLowering(const hw::associative::Description& d, const Space& space, const MatchPlan& plan, bool values,
                MatchProgram& out)
      : d_(d), space_(space), plan_(plan), values_(values), out_(out), b_(out.program) {}

  void run() {
    hold_relations(d_, space_, plan_, out_);
    out_.operands.resize(static_cast<std::size_t>(d_.cores));
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
  void fetch(std::int64_t bytes) {
    b_.loop(bytes / chunk, [&](int) { b_.transfer(Route::l4_l3, chunk, "bindings"); });
    if (bytes % chunk)
      b_.transfer(Route::l4_l3, bytes % chunk, "bindings");
  }

  /// Rows that the control processors share.
  void work_through(const MatchStep& step) {
    const std::int64_t rows = (static_cast<std::int64_t>(step.work) + d_.cores - 1) / d_.cores;
    fetch(rows * binding_bytes * 2);
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
    if (step.read)
      exchange(step, shares);
    else
      sum();
  }

  void round(std::size_t s, const HeldRelation& held, const SearchKeys& keys, const MatchBatches& batches,
             std::size_t batch, std::int64_t first, std::int64_t groups) {
    const MatchStep& step = plan_.steps[s];
    const std::int64_t bytes = binding_bytes * batches.most_keys(batch);
    const bool fits = bytes <= chunk;
    if (fits)
      fetch(bytes);
    const auto mark = [&](Index slot) {
      if (!fits)
        fetch(bytes);
      search(keys, batches, batch, std::move(slot));
    };
    if (values_)
      for (std::int64_t g = 0; g < groups; ++g)
        for (int core = 0; core < d_.cores; ++core)
          keys.append(step, batches, batch, core / held.placement.parts, out_.operands[static_cast<std::size_t>(core)]);
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

  static const char* search_name(std::size_t words) {
    return words == 1 ? "match_16" : words == 2 ? "match_32" : "match_48";
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

  /// All cores get what all have read, and file it under what comes next.
  void exchange(const MatchStep& step, int shares) {
    out_.reads += step.results;
    const auto results = static_cast<std::int64_t>(step.results);
    if (results == 0)
      return;
    const std::int64_t own = (results + d_.cores - 1) / d_.cores * 2 * binding_bytes;
    b_.loop(own / chunk, [&](int) { b_.transfer(Route::l3_l4, chunk, "bindings"); });
    if (own % chunk)
      b_.transfer(Route::l3_l4, own % chunk, "bindings");
    b_.barrier();
    fetch(results * 2 * binding_bytes);
    b_.scalar("file under the prefix", sorting_steps * ((results + shares - 1) / shares), false);
  }

  /// The columns' sums, bit by bit, then the cores'.
  void sum() {
    b_.stage("sum");
    for (int bit = 0; bit < 32; ++bit) {
      b_.operation("cpy_to_mrk_16_msk", {bit < 16 ? sum_low : sum_high}, {1 << bit % 16, marker});
      b_.operation("count_m_g32k", {}, {marker});
    }
    b_.scalar("add", 32, false);
    b_.transfer(Route::l3_l4, 8, "bindings");
    b_.barrier();
    b_.transfer(Route::l4_l3, std::int64_t{8} * d_.cores, "bindings");
    b_.scalar("add", d_.cores, false);
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

Program lower_load(const hw::associative::Description& d, const Program& resident) {
  Program program;
  program.name = resident.name;
  program.title = "load the atoms";
  program.cores = d.cores;
  program.regions["atoms"] = resident.resident_slots * d.cores * d.vector_bytes();
  ProgramBuilder b(program);
  b.stage("load");
  b.loop(resident.resident_slots, [&](int i) {
    b.transfer(Route::l4_l1, d.vector_bytes(), "atoms", Index(0).plus(i, d.vector_bytes()), Index(0).plus(i, 1));
  });
  return program;
}

Program lower_point_queries(const hw::associative::Description& d, const HeldRelation& held, int count, int together) {
  Program program;
  program.name = "point queries";
  program.title = "is this atom there?";
  program.cores = d.cores;
  program.resident_slots = held.slots();
  ProgramBuilder b(program);
  b.stage("point queries");
  const int words = std::min(held.layout.words, most_words - 1);
  std::vector<Index> vectors{marked}, immediates;
  for (int w = 0; w < words; ++w) {
    vectors.emplace_back(w);
    immediates.emplace_back(0x5555);
    immediates.emplace_back(0xffff);
  }
  immediates.emplace_back(1);
  b.loop(count / together, [&](int) {
    b.operation("reset_16", {marked});
    b.loop(held.placement.groups, [&](int g) {
      for (int w = 0; w < words; ++w)
        b.load(w, Index(w).plus(g, held.slots_per_group()));
      b.loop(together, [&](int) {
        b.scalar("next key", words, false);
        b.from_memory(words == 1 ? "match_16" : words == 2 ? "match_32" : "match_48", vectors, immediates);
      });
    });
    b.loop(together, [&](int) {
      b.operation("cpy_to_mrk_16_msk", {marked}, {1, marker});
      b.operation("count_m_g32k", {}, {marker});
    });
  });
  return program;
}

} // namespace moesaic::mappings::associative
