#include "hw/associative/operations.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::hw::associative {

bool numbers_section(const std::string& immediate) {
  static const std::set<std::string> names = {"a", "b", "c", "m", "r", "s"};
  return names.count(immediate) != 0;
}

OperationSet::OperationSet(const Description& description, Corner corner)
    : description_(description), corner_(corner), library_(catalog_folder("hw/associative/microcode")) {
  for (const auto& name : library_.names()) {
    const MicroProgram& program = *library_.find(name);
    Signature s;
    s.writes = static_cast<int>(program.writes.size());
    s.reads = static_cast<int>(program.reads.size());
    s.immediates = program.immediates;
    s.title = program.title;
    s.program = true;
    signatures_[name] = std::move(s);
  }
  for (const auto& [name, operation] : description_.measured) {
    if (const auto known = signatures_.find(name); known != signatures_.end()) {
      Signature& s = known->second;
      if (s.writes != operation.writes || s.reads != operation.reads || s.immediates != operation.immediates)
        throw InputError(fmt::format("{}: operations.{}: its micro-program takes other operands", description_.name, name));
      s.measured = !operation.by_program;
      continue;
    }
    if (operation.by_program)
      throw InputError(fmt::format("{}: operations.{}: there is no micro-program of it", description_.name, name));
    Signature s;
    s.writes = operation.writes;
    s.reads = operation.reads;
    s.immediates = operation.immediates;
    s.measured = true;
    signatures_[name] = std::move(s);
  }
  signatures_["load_16"] = {1, 0, {"slot"}, true, false, false, "z = slot of L1"};
  signatures_["store_16"] = {0, 1, {"slot"}, true, false, false, "slot of L1 = x"};
}

const Signature* OperationSet::find(const std::string& name) const {
  const auto found = signatures_.find(name);
  return found == signatures_.end() ? nullptr : &found->second;
}

std::vector<std::string> OperationSet::names() const {
  std::vector<std::string> names;
  for (const auto& s : signatures_)
    names.push_back(s.first);
  return names;
}

double OperationSet::cycles(const Figure& figure) const {
  const bool in_time = figure.dimension.exponent[Dimension::second] != 0;
  return figure.at(corner_) * (in_time ? description_.clock.at(corner_) : 1);
}

Ticks OperationSet::ticks(const Figure& figure) const {
  return std::llround(cycles(figure) * double(ticks_per_cycle));
}

Timing OperationSet::l2_l1() const {
  const Ticks total = ticks(description_.l2_l1);
  return Timing::together(total, std::llround(double(total) * description_.l2_l1_array_share.value));
}

namespace {

/// The measured sums were all over groups of 8192 columns; the steps up to a smaller group's size are what they share.
constexpr double measured_group = 13; // log2

double polynomial(const std::vector<Figure>& coefficients, double x) {
  double sum = 0, power = 1;
  for (const auto& coefficient : coefficients)
    sum += coefficient.value * (power *= x);
  return sum;
}

} // namespace

Timing OperationSet::measured(const MeasuredOperation& operation,
                              const std::vector<std::int64_t>& immediates) const {
  double cycles = operation.base.at(corner_), group = measured_group, subgroup = 0;
  for (std::size_t i = 0; i < operation.immediates.size(); ++i) {
    const auto value = static_cast<double>(std::max<std::int64_t>(immediates[i], 1));
    if (operation.immediates[i] == "entries")
      cycles += value * operation.per_entry.at(corner_);
    if (operation.immediates[i] == "group")
      group = std::log2(value);
    if (operation.immediates[i] == "subgroup")
      subgroup = std::log2(value);
  }
  const auto& c = operation.log_size;
  if (!c.empty())
    cycles += polynomial(c, subgroup) - polynomial(c, std::min(group, measured_group)) + polynomial(c, measured_group);
  const Ticks total = std::llround(std::max(cycles, 0.0) * double(ticks_per_cycle));
  const Ticks array = std::llround(double(total) * operation.array_share.value);
  switch (operation.course) {
  case MeasuredOperation::Course::ahead: return Timing::operation(total - array, array);
  case MeasuredOperation::Course::streamed: {
    Timing timing = Timing::together(total, array);
    timing.ca = timing.aa = std::max(total - ticks(description_.run_ahead), array);
    return timing;
  }
  case MeasuredOperation::Course::together: break;
  }
  return Timing::together(total, array);
}

Ticks OperationSet::start(bool inlined, int registers, int masks) const {
  constexpr int hidden = 3; // registers that are set while the micro-program's address is fetched
  if (inlined)
    return ticks(description_.inlined_call) + std::max(0, registers - hidden) * ticks(description_.register_set);
  return ticks(description_.call) + registers * ticks(description_.register_set) + masks * ticks(description_.mask_set);
}

/// The operation's first stretch is started as the operation is; those of operations that it calls are functions.
Timing OperationSet::program_timing(const std::string& name, const std::vector<std::int64_t>& immediates) const {
  const Signature& s = signatures_.at(name);
  Operands operands;
  for (int i = 0; i < s.writes + s.reads; ++i)
    operands.vectors.push_back(i); // which vectors they are does not change the time
  operands.immediates = immediates;
  if (!s.program)
    throw InputError(fmt::format("{} has no micro-program", name));
  Timing timing;
  bool inlined = description_.inlined.count(name) != 0;
  int masks = static_cast<int>(immediates.size());
  for (const auto& segment : library_.expand(*library_.find(name), operands, VectorPlan{}).segments) {
    if (segment.rewrite)
      timing = timing.then(Timing::drained(ticks(description_.mask_rewrite)));
    timing = timing.then(Timing::operation(segment.starts ? start(inlined, segment.registers, masks) : 0,
                                           segment.instructions * ticks_per_cycle));
    if (segment.starts)
      inlined = false, masks = 0;
  }
  return timing;
}

Timing OperationSet::timing(const std::string& name, const std::vector<std::int64_t>& immediates) const {
  const auto key = std::make_pair(name, immediates);
  const auto known = cache_.find(key);
  if (known != cache_.end())
    return known->second;
  const Signature* s = find(name);
  if (!s)
    throw InputError(fmt::format("unknown operation '{}'{}", name, suggestion(name, names())));
  if (immediates.size() != s->immediates.size())
    throw InputError(fmt::format("{} takes {} immediate values, was given {}", name, s->immediates.size(),
                                 immediates.size()));
  Timing timing;
  if (s->l1_slot)
    timing = Timing::operation(start(false, static_cast<int>(description_.l1_registers.value), 1) + ticks(description_.l1_address),
                               ticks(description_.l1_instructions));
  else if (s->measured)
    timing = measured(description_.measured.at(name), immediates);
  else
    timing = program_timing(name, immediates);
  if (cache_.size() < 4096)
    cache_[key] = timing;
  return timing;
}

Microcode OperationSet::microcode(const std::string& name, const Operands& operands) const {
  const MicroProgram* program = library_.find(name);
  return program ? library_.expand(*program, operands, VectorPlan{}) : Microcode{};
}

} // namespace moesaic::hw::associative
