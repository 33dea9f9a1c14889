#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/micro_syntax.hpp"

namespace moesaic::hw::associative {

namespace {

constexpr std::size_t longest_program = 100000; // instructions; a longer one is a mistake
constexpr int deepest_call = 4;

class Expander {
 public:
  Expander(const MicroLibrary& library, const MicroProgram& program, const Operands& operands,
           VectorPlan plan, Microcode& out, int depth, bool inlined = false)
      : library_(library), plan_(plan), out_(out), depth_(depth), table_(operands.table) {
    const Place place{program.file, 1, 1};
    const std::size_t vectors = program.writes.size() + program.reads.size();
    if (operands.vectors.size() != vectors || operands.immediates.size() != program.immediates.size())
      fail_at(place,
              fmt::format("{} takes {} vectors and {} immediates, was given {} and {}", program.name, vectors,
                          program.immediates.size(), operands.vectors.size(), operands.immediates.size()));
    std::size_t i = 0;
    for (const auto& name : program.writes)
      vectors_[name] = operands.vectors[i++];
    for (const auto& name : program.reads)
      vectors_[name] = operands.vectors[i++];
    for (const auto& name : program.temporaries)
      vectors_[name] = plan_.first_temporary++;
    if (plan_.first_temporary > plan_.vectors)
      fail_at(place, fmt::format("{} needs {} vectors more for temporaries than there are", program.name,
                                 plan_.first_temporary - plan_.vectors));
    vectors_["flags"] = plan_.flags;
    vectors_.emplace("index", plan_.index); // unless an operand has this name
    for (i = 0; i < program.immediates.size(); ++i)
      values_[program.immediates[i]] = operands.immediates[i];
    values_["C"] = 0, values_["B"] = 1, values_["V"] = 15;
    if (inlined)
      return; // the caller's registers are its own
    // A program that only calls others sets no registers of its own.
    Segment segment;
    for (const auto& s : program.body)
      if (s.kind != MicroStatement::Kind::call || s.inlined) {
        segment.registers = static_cast<int>(vectors + program.immediates.size());
        segment.starts = true;
      }
    out_.segments.push_back(segment);
  }

  void run(const std::vector<MicroStatement>& body) {
    for (const auto& s : body)
      switch (s.kind) {
      case MicroStatement::Kind::instruction:
        instruction(s);
        break;
      case MicroStatement::Kind::repeat:
        repeat(s);
        break;
      case MicroStatement::Kind::set:
        values_[s.name] = value(s.values[0]);
        out_.segments.push_back({0, true, 0});
        break;
      case MicroStatement::Kind::call:
        call(s);
        break;
      }
  }

 private:
  std::int64_t value(const Expression& e) const { return evaluate(e, values_, table_); }

  int vector(const Place& place, const std::string& name) const {
    const auto found = vectors_.find(name);
    if (found == vectors_.end()) {
      std::vector<std::string> known;
      for (const auto& v : vectors_)
        known.push_back(v.first);
      fail_at(place, fmt::format("unknown vector '{}'{}", name, suggestion(name, known)));
    }
    return found->second;
  }

  void repeat(const MicroStatement& s) {
    const std::int64_t from = value(s.values[0]), to = value(s.values[1]);
    const std::int64_t step = s.values.size() > 2 ? value(s.values[2]) : 1;
    if (step == 0)
      fail_at(s.place, "a repeat with step 0 has no end");
    for (std::int64_t i = from; step > 0 ? i <= to : i >= to; i += step) {
      values_[s.name] = i;
      run(s.body);
    }
    values_.erase(s.name);
  }

  void call(const MicroStatement& s) {
    const MicroProgram* callee = library_.find(s.name);
    if (!callee)
      fail_at(s.place, fmt::format("unknown operation '{}'{}", s.name, suggestion(s.name, library_.names())));
    if (depth_ == deepest_call)
      fail_at(s.place, "calls nested deeper than 4");
    Operands operands;
    for (const auto& name : s.vectors)
      operands.vectors.push_back(vector(s.place, name));
    for (const auto& e : s.values)
      operands.immediates.push_back(value(e));
    operands.table = table_;
    Expander(library_, *callee, operands, plan_, out_, depth_ + 1, s.inlined).run(callee->body);
    if (!s.inlined)
      out_.segments.push_back({});
  }

  void instruction(const MicroStatement& s) {
    Instruction instruction;
    if (s.commands.size() > instruction.commands.size())
      fail_at(s.commands[4].place, "an instruction has at most four commands");
    for (const auto& c : s.commands) {
      Command command = bind(c);
      if (command.sections == 0)
        continue; // masked away for these operands
      for (int i = 0; i < instruction.count; ++i) {
        const Command& other = instruction.commands[static_cast<std::size_t>(i)];
        if (other.phase == Phase::read && command.phase == Phase::read && (other.sections & command.sections))
          fail_at(c.place, "two reads of one instruction go to the same section of RL");
      }
      instruction.commands[instruction.count++] = command;
    }
    out_.instructions.push_back(instruction);
    ++out_.segments.back().instructions;
    if (out_.instructions.size() > longest_program)
      fail_at(s.place, fmt::format("the micro-program is longer than {} instructions", longest_program));
  }

  Command bind(const CommandSyntax& c) const {
    Command command;
    command.sections = static_cast<std::uint16_t>(c.masked ? value(c.mask) : 0xffff);
    command.assign = c.assign;
    command.combine = c.combine;
    command.source = c.source;
    command.inverted = c.inverted;
    if (bind_line(c, command))
      return command;
    command.phase = c.target == "RL" ? Phase::read : Phase::write;
    if (command.phase == Phase::write) {
      if (c.assign != Assign::set || !c.factors.empty() || c.source == Source::none)
        fail_at(c.place, "a vector is written from one source: RL, NRL, GL, GGL, RSP16, 0 or 1");
      command.vectors[0] = static_cast<std::uint8_t>(vector(c.place, c.target));
      if (command.vectors[0] == plan_.index)
        fail_at(c.place, "the columns' numbers are read only");
      command.vector_count = 1;
      return command;
    }
    if (c.factors.size() > 3)
      fail_at(c.factors[3].place, "a read ANDs at most three vectors");
    for (const auto& f : c.factors) {
      if (f.complemented)
        command.complemented |= static_cast<std::uint8_t>(1 << command.vector_count);
      command.vectors[command.vector_count++] = static_cast<std::uint8_t>(vector(f.place, f.vector));
    }
    return command;
  }

  static bool bind_line(const CommandSyntax& c, Command& command) {
    const std::string from =
        c.factors.empty() ? (c.source == Source::or_tree ? "RSP16" : "RL") : c.factors[0].vector;
    static const std::map<std::pair<std::string, std::string>, Line> lines = {
        {{"GL", "RL"}, Line::gl},
        {{"GGL", "RL"}, Line::ggl},
        {{"RSP16", "RL"}, Line::or16},
        {{"RSP256", "RSP16"}, Line::or256},
        {{"RSP2K", "RSP256"}, Line::or2k},
        {{"RSP32K", "RSP2K"}, Line::or32k},
        {{"RSP2K", "RSP32K"}, Line::down2k},
        {{"RSP256", "RSP2K"}, Line::down256},
        {{"RSP16", "RSP256"}, Line::down16}};
    static const std::map<std::string, bool> targets = {{"GL", true},     {"GGL", true},   {"RSP16", true},
                                                        {"RSP256", true}, {"RSP2K", true}, {"RSP32K", true}};
    if (!targets.count(c.target))
      return false;
    const auto found = lines.find({c.target, from});
    const bool plain = c.source == Source::none || c.source == Source::rl || c.source == Source::or_tree;
    if (found == lines.end() || c.assign != Assign::set || c.inverted || !plain)
      fail_at(c.place, fmt::format("{} cannot take its value from here", c.target));
    command.phase = Phase::broadcast;
    command.line = found->second;
    return true;
  }

  const MicroLibrary& library_;
  std::map<std::string, int> vectors_;
  std::map<std::string, std::int64_t> values_;
  VectorPlan plan_;
  Microcode& out_;
  int depth_;
  const std::vector<std::uint16_t>& table_;
};

} // namespace

Microcode MicroLibrary::expand(const MicroProgram& program, const Operands& operands,
                               const VectorPlan& plan) const {
  Microcode code;
  Expander(*this, program, operands, plan, code, 0).run(program.body);
  return code;
}

} // namespace moesaic::hw::associative
