// Which flags and markers an operation reads and writes, found by walking through its micro-program.
#include <algorithm>

#include "hw/associative/operations.hpp"

namespace moesaic::hw::associative {

namespace {

constexpr int first_marker = 2; // C, B and V lie in sections 0, 1 and 15

/// Immediates that show an operation's way with markers: each marker its own section, the others as they may be.
std::vector<std::int64_t> sample(const Signature& s) {
  std::vector<std::int64_t> immediates;
  int marker = first_marker;
  for (const auto& name : s.immediates)
    immediates.push_back(numbers_section(name) ? marker++ : name == "f" ? 10 : 1);
  return immediates;
}

/// Sections that are read before they are written, and those that are written.
std::pair<std::uint16_t, std::uint16_t> walk(const Microcode& code, int flags) {
  std::uint16_t read = 0, written = 0;
  for (const auto& instruction : code.instructions)
    for (const Phase phase : {Phase::write, Phase::read})
      for (int i = 0; i < instruction.count; ++i) {
        const Command& c = instruction.commands[static_cast<std::size_t>(i)];
        const auto end = c.vectors.begin() + c.vector_count;
        if (c.phase != phase || std::find(c.vectors.begin(), end, flags) == end)
          continue;
        if (phase == Phase::write)
          written = static_cast<std::uint16_t>(written | c.sections);
        else
          read = static_cast<std::uint16_t>(read | (c.sections & ~written));
      }
  return {read, written};
}

} // namespace

const FlagUse& OperationSet::flag_use(const std::string& name) const {
  const auto known = flag_uses_.find(name);
  if (known != flag_uses_.end())
    return known->second;
  const Signature& s = signatures_.at(name);
  const auto immediates = sample(s);
  Operands operands;
  for (int i = 0; i < s.writes + s.reads; ++i)
    operands.vectors.push_back(i);
  operands.immediates = immediates;
  const bool measured = !s.program;
  const auto [read, written] = measured ? std::pair<std::uint16_t, std::uint16_t>{} : walk(microcode(name, operands), VectorPlan{}.flags);
  FlagUse use{read, written, {}, {}};
  for (std::size_t i = 0; i < immediates.size(); ++i) {
    const bool marker = numbers_section(s.immediates[i]);
    const auto section = static_cast<std::uint16_t>(marker ? 1 << immediates[i] : 0);
    use.reads_marker.push_back((read & section) != 0);
    use.writes_marker.push_back(marker && (measured || (written & section) != 0));
    use.reads = static_cast<std::uint16_t>(use.reads & ~section);
    use.writes = static_cast<std::uint16_t>(use.writes & ~section);
  }
  return flag_uses_[name] = std::move(use);
}

} // namespace moesaic::hw::associative
