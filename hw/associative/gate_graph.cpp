#include "hw/associative/gate_graph.hpp"

#include <array>

namespace moesaic::hw::associative {

namespace {

constexpr Wire zero = 0, one = 1, unwritten = ~Wire{0};

/// The state of one column, as wires.
class Tracer {
 public:
  explicit Tracer(std::size_t most) : most_(most) {
    latch_.fill(unwritten);
    ggl_.fill(unwritten);
  }

  bool run(const Microcode& code) {
    for (const auto& instruction : code.instructions) {
      each(instruction, Phase::write, [this](const Command& c) { write(c); });
      const auto before = latch_;
      each(instruction, Phase::read, [&](const Command& c) { read(c, before); });
      each(instruction, Phase::broadcast, [this](const Command& c) { broadcast(c); });
      if (!possible_ || traced_.graph.gates().size() > most_)
        return false;
    }
    return true;
  }

  TracedCode take() { return std::move(traced_); }

 private:
  using Sections = std::array<Wire, 16>;

  template <class Act> static void each(const Instruction& instruction, Phase phase, Act act) {
    for (int i = 0; i < instruction.count; ++i)
      if (instruction.commands[static_cast<std::size_t>(i)].phase == phase)
        act(instruction.commands[static_cast<std::size_t>(i)]);
  }

  Wire known(Wire wire) {
    possible_ = possible_ && wire != unwritten;
    return possible_ ? wire : zero;
  }

  Wire source(const Command& c, std::size_t s, const Sections& latch) {
    Wire wire = zero;
    switch (c.source) {
    case Source::none:
    case Source::zero: break;
    case Source::one: wire = one; break;
    case Source::rl: wire = known(latch[s]); break;
    case Source::north: wire = s == 0 ? zero : known(latch[s - 1]); break;
    case Source::south: wire = s == 15 ? zero : known(latch[s + 1]); break;
    case Source::gl: wire = known(gl_); break;
    case Source::ggl: wire = known(ggl_[s / 4]); break;
    case Source::west:
    case Source::east:
    case Source::or_tree: possible_ = false; break;
    }
    return wire ^ (c.inverted ? 1u : 0u);
  }

  Wire plane(int vector, std::size_t s) {
    const int number = vector * 16 + static_cast<int>(s);
    const auto found = traced_.written.find(number);
    return found == traced_.written.end() ? traced_.graph.input(number) : found->second;
  }

  Wire combined(Wire a, Wire b, Assign how) {
    switch (how) {
    case Assign::set: return b;
    case Assign::and_: return traced_.graph.conjunction(a, b);
    case Assign::or_: return traced_.graph.either(a, b);
    case Assign::xor_: return traced_.graph.exclusive(a, b);
    }
    return b;
  }

  void write(const Command& c) {
    for (std::size_t s = 0; s < 16; ++s)
      if ((c.sections >> s) & 1)
        traced_.written[c.vectors[0] * 16 + static_cast<int>(s)] = source(c, s, latch_);
  }

  void read(const Command& c, const Sections& before) {
    for (std::size_t s = 0; s < 16; ++s) {
      if (!((c.sections >> s) & 1))
        continue;
      Wire term = one;
      for (std::size_t i = 0; i < c.vector_count; ++i)
        term = traced_.graph.conjunction(term, plane(c.vectors[i], s) ^ ((c.complemented >> i) & 1u));
      if (c.source != Source::none)
        term = combined(term, source(c, s, before), c.vector_count == 0 ? Assign::set : c.combine);
      latch_[s] = c.assign == Assign::set ? term : combined(known(latch_[s]), term, c.assign);
    }
  }

  Wire all_of(unsigned sections) {
    Wire wire = one;
    for (std::size_t s = 0; s < 16; ++s)
      if ((sections >> s) & 1)
        wire = traced_.graph.conjunction(wire, known(latch_[s]));
    return wire;
  }

  void broadcast(const Command& c) {
    if (c.line == Line::gl) {
      gl_ = all_of(c.sections);
    } else if (c.line == Line::ggl) {
      for (unsigned group = 0; group < 4; ++group)
        if (const unsigned sections = c.sections & (0xfu << (4 * group)))
          ggl_[group] = all_of(sections);
    } else {
      possible_ = false;
    }
  }

  std::size_t most_;
  bool possible_ = true;
  TracedCode traced_;
  Sections latch_;
  std::array<Wire, 4> ggl_;
  Wire gl_ = unwritten;
};

} // namespace

Wire GateGraph::input(int plane) {
  const auto found = inputs_.find(plane);
  if (found != inputs_.end())
    return found->second;
  const auto wire = static_cast<Wire>(2 * gates_.size());
  gates_.push_back({Gate::Kind::input, 0, 0, plane});
  return inputs_[plane] = wire;
}

Wire GateGraph::gate(Gate::Kind kind, Wire a, Wire b) {
  if (a > b)
    std::swap(a, b);
  const auto [at, fresh] = known_.insert({{kind, a, b}, static_cast<Wire>(2 * gates_.size())});
  if (fresh)
    gates_.push_back({kind, a, b, -1});
  return at->second;
}

Wire GateGraph::conjunction(Wire a, Wire b) {
  if (a == zero || b == zero || a == (b ^ 1))
    return zero;
  if (a == one || a == b)
    return b;
  if (b == one)
    return a;
  if (a & b & 1) // kept without complements, so that a majority is found as what it is
    return gate(Gate::Kind::disjunction, a ^ 1, b ^ 1) ^ 1;
  return gate(Gate::Kind::conjunction, a, b);
}

Wire GateGraph::exclusive(Wire a, Wire b) {
  const Wire flip = (a ^ b) & 1;
  a &= ~Wire{1}, b &= ~Wire{1};
  if (a == b)
    return flip;
  if (a == zero || b == zero)
    return (a | b) ^ flip;
  return gate(Gate::Kind::exclusive, a, b) ^ flip;
}

std::optional<TracedCode> trace(const Microcode& code, std::size_t most) {
  Tracer tracer(most);
  if (!tracer.run(code))
    return std::nullopt;
  return tracer.take();
}

} // namespace moesaic::hw::associative
