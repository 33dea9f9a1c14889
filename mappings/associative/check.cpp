// Finds what is wrong with a program before anything runs.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/program.hpp"

namespace moesaic::mappings::associative {

using hw::associative::Description;
using hw::associative::OperationSet;
using hw::associative::Signature;

namespace {

constexpr double longest_run = 1e15; // operations counted out; a longer program never ends in practice
constexpr std::size_t deepest_loop = 12;
constexpr int users_vectors = 15; // below the flags

class Checker {
 public:
  Checker(const Program& program, const OperationSet& operations)
      : program_(program), ops_(operations), d_(operations.description()) {}

  void run() {
    std::int64_t bytes = 0;
    for (const auto& region : program_.regions)
      bytes += region.second;
    overflow("regions", "L4, the card's memory,", double(bytes), d_.l4.value);
    overflow("l3", "L3", double(program_.l3_bytes), d_.l3.value);
    if (program_.cores < 1 || program_.cores > d_.cores)
      fail_whole(program_, "cores", fmt::format("the program wants {} cores, {} has {}", program_.cores, d_.title, d_.cores));
    if (!program_.inputs.empty())
      fail_whole(program_, "inputs", fmt::format("inputs are not supported on {}: vectors are loaded from L1", d_.title));
    if (program_.bits != 16)
      fail_whole(program_, "bits", fmt::format("numbers of {} bits, {} has 16", program_.bits, d_.title));
    if (program_.resident_slots > d_.l1_slots)
      throw InputError(fmt::format("{}: L1 overflows: {} slots wanted, {} there, {} missing", program_.name,
                                   program_.resident_slots, d_.l1_slots, program_.resident_slots - d_.l1_slots));
    for (std::int64_t slot = 0; slot < program_.resident_slots; ++slot)
      slots_.insert(slot);
    steps(program_.steps, 1);
  }

 private:
  [[noreturn]] static void fail(const Step& s, const std::string& message) {
    throw InputError(s.place.empty() ? message : s.place + ": " + message);
  }

  void overflow(const char* key, const char* level, double wanted, double there) const {
    if (wanted > there)
      fail_whole(program_, key, fmt::format("{} overflows: {:.0f} bytes wanted, {:.0f} there, {:.0f} missing", level, wanted,
                                            there, wanted - there));
  }

  void steps(const std::vector<Step>& steps, double times) {
    for (const auto& s : steps)
      switch (s.kind) {
      case Step::Kind::operation:
        operation(s);
        break;
      case Step::Kind::transfer:
        transfer(s);
        break;
      case Step::Kind::loop:
        if (counts_.size() >= deepest_loop)
          fail(s, fmt::format("loops nested deeper than {}", deepest_loop));
        if (s.count == 0)
          fail(s, "a loop without turns");
        if (times * double(s.count) * double(std::max<std::size_t>(s.body.size(), 1)) > longest_run)
          fail(s, fmt::format("the loop has no end in sight: more than {:.0e} steps", longest_run));
        counts_.push_back(s.count);
        this->steps(s.body, times * double(s.count));
        counts_.pop_back();
        break;
      default:
        break;
      }
  }

  std::vector<std::int64_t> values(const Index& index) const { return index_values(index, counts_); }

  void operation(const Step& s) {
    const Signature* signature = ops_.find(s.name);
    if (!signature)
      fail(s, fmt::format("unknown operation '{}'{}", s.name, suggestion(s.name, ops_.names())));
    const auto vectors = static_cast<std::size_t>(signature->writes + signature->reads);
    if (s.vectors.size() != vectors || s.immediates.size() != signature->immediates.size())
      fail(s, fmt::format("{} takes {} vectors and {} immediate values, was given {} and {}", s.name, vectors,
                          signature->immediates.size(), s.vectors.size(), s.immediates.size()));
    for (std::size_t i = 0; i < s.vectors.size(); ++i)
      for (const std::int64_t v : values(s.vectors[i])) {
        if (v < 0 || v >= users_vectors)
          fail(s, fmt::format("there is no vector {}: a program has vectors 0 to {}", v, users_vectors - 1));
        if (i >= static_cast<std::size_t>(signature->writes) && !vectors_.count(v))
          fail(s, fmt::format("vector {} is read before it is written", v));
      }
    for (std::size_t i = 0; i < s.immediates.size(); ++i)
      immediate(s, signature->immediates[i], s.immediates[i]);
    markers(s, ops_.flag_use(s.name));
    if (s.name == "load_16")
      for (const std::int64_t slot : values(s.immediates[0]))
        if (!slots_.count(slot))
          fail(s, fmt::format("slot {} of L1 is read before it is written", slot));
    if (s.name == "store_16")
      for (const std::int64_t slot : values(s.immediates[0]))
        slots_.insert(slot);
    for (int i = 0; i < signature->writes; ++i)
      for (const std::int64_t v : values(s.vectors[static_cast<std::size_t>(i)]))
        vectors_.insert(v);
  }

  void markers(const Step& s, const hw::associative::FlagUse& use) {
    const auto read = [&](std::int64_t marker) {
      if (!markers_.count(marker))
        fail(s, fmt::format("marker {} is read before it is written", marker));
    };
    for (int section = 0; section < 16; ++section)
      if ((use.reads >> section) & 1)
        read(section);
    for (std::size_t i = 0; i < s.immediates.size(); ++i)
      if (use.reads_marker[i])
        for (const std::int64_t marker : values(s.immediates[i]))
          read(marker);
    for (int section = 0; section < 16; ++section)
      if ((use.writes >> section) & 1)
        markers_.insert(section);
    for (std::size_t i = 0; i < s.immediates.size(); ++i)
      if (use.writes_marker[i])
        for (const std::int64_t marker : values(s.immediates[i]))
          markers_.insert(marker);
  }

  void immediate(const Step& s, const std::string& name, const Index& index) const {
    std::int64_t least = 0, most = 65535;
    if (name == "slot")
      most = d_.l1_slots - 1;
    else if (hw::associative::numbers_section(name))
      most = 15;
    else if (name == "column")
      most = d_.shape.columns - 1;
    else if (name == "f")
      least = 7, most = 10; // sections of fraction
    else if (name == "g")
      most = std::llround(std::log2(d_.shape.half_bank)); // logarithm of a group's columns, which pass them on by neighbours
    else if (name == "k")
      least = 1, most = 256; // how many are searched for
    else if (name == "group" || name == "subgroup")
      least = 1, most = d_.shape.columns;
    const auto [low, high] = index.range(counts_);
    if (low < least || high > most)
      fail(s, fmt::format("{} of {} is {}, outside of {} to {}", name, s.name, low < least ? low : high,
                          least, most));
    if ((name == "group" || name == "subgroup") && (low & (low - 1)) != 0)
      fail(s, fmt::format("{} of {} is {}, no power of two", name, s.name, low));
  }

  void transfer(const Step& s) {
    const bool into_l1 = s.route == Route::l4_l1 || s.route == Route::l2_l1;
    const bool from_l1 = s.route == Route::l1_l4 || s.route == Route::l1_l2;
    const bool l3 = s.route == Route::l4_l3 || s.route == Route::l4_l3_both || s.route == Route::l3_l4;
    if (s.bytes <= 0)
      fail(s, fmt::format("a transfer of {} bytes", s.bytes));
    const double level = l3 ? d_.l3.value : std::min(double(d_.vector_bytes()), d_.l2.value);
    if (double(s.bytes) > level)
      fail(s, fmt::format("{} overflows: {} bytes moved, {:.0f} there, {:.0f} missing", l3 ? "L3" : "L2",
                          s.bytes, level, double(s.bytes) - level));
    if (into_l1 || from_l1)
      for (const std::int64_t slot : values(s.slot)) {
        if (slot < 0 || slot >= d_.l1_slots)
          fail(s, fmt::format("L1 overflows: there is no slot {}, it has 0 to {}", slot, d_.l1_slots - 1));
        if (from_l1 && !slots_.count(slot))
          fail(s, fmt::format("slot {} of L1 is read before it is written", slot));
        if (into_l1)
          slots_.insert(slot);
      }
    if (s.region.empty())
      return;
    const auto region = program_.regions.find(s.region);
    if (region == program_.regions.end()) {
      std::vector<std::string> known;
      for (const auto& r : program_.regions)
        known.push_back(r.first);
      fail(s, fmt::format("unknown region '{}'{}", s.region, suggestion(s.region, known)));
    }
    const auto [low, high] = s.offset.range(counts_);
    if (low < 0 || high + s.bytes > region->second)
      fail(s, fmt::format("bytes {} to {} lie outside of region '{}', which has {}", low, high + s.bytes,
                          s.region, region->second));
  }

  const Program& program_;
  const OperationSet& ops_;
  const Description& d_;
  std::vector<std::uint64_t> counts_;
  std::set<std::int64_t> vectors_, slots_, markers_;
};

} // namespace

void check(const Program& program, const OperationSet& operations) {
  Checker(program, operations).run();
}

} // namespace moesaic::mappings::associative
