#include "mappings/associative/bit_serial.hpp"

#include <set>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings::associative {

using hw::associative::BitSerialDescription;
using hw::associative::SearchProgram;

namespace {

constexpr double longest_run = 1e15; // operations counted out

class Checker {
 public:
  Checker(const Program& program, const BitSerialDescription& machine) : program_(program), d_(machine) {}

  void run() {
    if (program_.cores != 1)
      fail_whole(program_, "cores", fmt::format("the program wants {} cores, {} has 1", program_.cores, d_.title));
    if (program_.bits > d_.bits)
      fail_whole(program_, "bits", fmt::format("numbers of {} bits, {} holds {}", program_.bits, d_.title, d_.bits));
    for (const std::int64_t v : program_.inputs)
      if (!vectors_.insert(v).second || v >= d_.registers)
        fail_whole(program_, "inputs", fmt::format("input {} stands twice or is none of vectors 0 to {}", v, d_.registers - 1));
    steps(program_.steps, 1);
  }

 private:
  [[noreturn]] static void fail(const Step& s, const std::string& message) {
    throw InputError(s.place.empty() ? message : s.place + ": " + message);
  }

  void steps(const std::vector<Step>& steps, double times) {
    for (const auto& s : steps) {
      if (s.kind == Step::Kind::operation) {
        operation(s);
      } else if (s.kind == Step::Kind::loop) {
        const double all = times * double(s.count) * double(std::max<std::size_t>(s.body.size(), 1));
        if (s.count == 0 || all > longest_run)
          fail(s, s.count == 0 ? "a loop without turns" : "the loop has no end in sight");
        counts_.push_back(s.count);
        this->steps(s.body, times * double(s.count));
        counts_.pop_back();
      } else if (s.kind != Step::Kind::stage) {
        fail(s, fmt::format("not supported on {}: it is described as vector operations alone, in loops and stages", d_.title));
      }
    }
  }

  void operation(const Step& s) {
    const SearchProgram* p = d_.operations.find(s.name);
    if (!p)
      fail(s, fmt::format("unknown operation '{}'{}", s.name, suggestion(s.name, d_.operations.names())));
    if (s.from_memory)
      fail(s, fmt::format("from_memory is not supported on {}", d_.title));
    if (s.vectors.size() != p->vectors() || s.immediates.size() != p->immediates.size())
      fail(s, fmt::format("{} takes {} vectors and {} immediate values, was given {} and {}", s.name, p->vectors(),
                          p->immediates.size(), s.vectors.size(), s.immediates.size()));
    const std::size_t changed = p->changes.size(), targets = changed + p->writes.size();
    std::set<std::int64_t> written;
    for (std::size_t i = 0; i < s.vectors.size(); ++i)
      for (const std::int64_t v : index_values(s.vectors[i], counts_)) {
        if (v < 0 || v >= d_.registers)
          fail(s, fmt::format("there is no vector {}: {} has vectors 0 to {}", v, d_.title, d_.registers - 1));
        if ((i < changed || i >= targets) && !vectors_.count(v))
          fail(s, fmt::format("vector {} is read before it is written", v));
        if (i >= targets && written.count(v))
          fail(s, fmt::format("vector {} is written and read by {}: bit by bit that is not supported", v, s.name));
        if (i < targets)
          written.insert(v);
      }
    for (const auto& immediate : s.immediates) {
      const auto [low, high] = immediate.range(counts_);
      if (low < 0 || (program_.bits < 63 && high >> program_.bits != 0))
        fail(s, fmt::format("the immediate value {} has more than {} bits", low < 0 ? low : high, program_.bits));
    }
    vectors_.insert(written.begin(), written.end());
  }

  const Program& program_;
  const BitSerialDescription& d_;
  std::vector<std::uint64_t> counts_;
  std::set<std::int64_t> vectors_;
};

} // namespace

void check(const Program& program, const BitSerialDescription& machine) {
  Checker(program, machine).run();
}

SerialCounts count(const Program& program, const BitSerialDescription& machine) {
  SerialCounts counts;
  counts.operations = count(program).operations;
  for (const auto& [name, times] : counts.operations)
    counts.steps += times * machine.steps(name, program.bits).size();
  return counts;
}

} // namespace moesaic::mappings::associative
