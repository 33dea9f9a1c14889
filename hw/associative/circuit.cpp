#include "hw/associative/circuit.hpp"

#include <map>

#include "hw/associative/circuit_operations.hpp"

namespace moesaic::hw::associative {

namespace {

constexpr std::size_t most_gates = 20000, most_slots = 512;

class Placer {
 public:
  Placer(const TracedCode& traced, const std::map<int, Wire>& outputs, const std::vector<int>& uses)
      : gates_(traced.graph.gates()), outputs_(outputs), uses_(uses), place_of_(gates_.size(), nowhere), last_(gates_.size(), 0) {}

  std::optional<Circuit> place(const std::vector<Operation>& operations) {
    for (std::size_t i = 0; i < operations.size(); ++i)
      for (const std::uint32_t n : operations[i].in)
        last_[n] = i + 1;
    settle();
    for (std::size_t i = 0; i < operations.size(); ++i)
      step(operations[i], i + 1);
    stores();
    for (std::size_t i = circuit_.steps.size(); i-- > 1;)
      if (circuit_.steps[i - 1].kind == circuit_.steps[i].kind && circuit_.steps[i - 1].table == circuit_.steps[i].table)
        circuit_.steps[i - 1].run = static_cast<std::uint16_t>(circuit_.steps[i].run + 1);
    circuit_.slots = slots_;
    if (slots_ > most_slots)
      return std::nullopt;
    return std::move(circuit_);
  }

 private:
  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};
  static constexpr std::size_t forever = ~std::size_t{0};

  std::uint16_t number(CircuitPlace place) {
    const auto [at, fresh] = numbers_.insert({{place.plane, place.index}, static_cast<std::uint16_t>(circuit_.places.size())});
    if (fresh)
      circuit_.places.push_back(place);
    return at->second;
  }

  /// Inputs that are used once lie in their planes; others are taken into slots, as planes of one column lie so far apart
  /// that a cache holds few of them. Outputs lie in their planes where no input does.
  void settle() {
    for (std::uint32_t n = 0; n < gates_.size(); ++n) {
      if (gates_[n].kind != Gate::Kind::input || uses_[n] == 0)
        continue;
      const std::uint16_t plane = number({true, static_cast<std::uint32_t>(gates_[n].plane)});
      if (uses_[n] == 1 && !outputs_.count(gates_[n].plane)) {
        place_of_[n] = plane;
        continue;
      }
      place_of_[n] = fresh_slot();
      circuit_.loads.push_back({plane, static_cast<std::uint16_t>(place_of_[n]), false});
    }
    for (const auto& [plane, wire] : outputs_) {
      last_[wire >> 1] = forever;
      if (wire > 1 && !(wire & 1) && place_of_[wire >> 1] == nowhere)
        place_of_[wire >> 1] = number({true, static_cast<std::uint32_t>(plane)});
    }
  }

  std::uint16_t fresh_slot() {
    if (free_.empty())
      return number({false, slots_++});
    const std::uint16_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void step(const Operation& operation, std::size_t now) {
    CircuitStep step;
    step.kind = operation.kind, step.table = operation.table;
    for (std::size_t i = 0; i < 4; ++i)
      step.in[i] = static_cast<std::uint16_t>(place_of_[operation.in[i]]);
    for (const std::uint32_t n : operation.in) // a step reads before it writes
      if (last_[n] == now && !circuit_.places[place_of_[n]].plane) {
        free_.push_back(static_cast<std::uint16_t>(place_of_[n]));
        last_[n] = 0;
      }
    for (std::size_t i = 0; i < 2; ++i) {
      if (place_of_[operation.out[i]] == nowhere)
        place_of_[operation.out[i]] = fresh_slot();
      step.out[i] = static_cast<std::uint16_t>(place_of_[operation.out[i]]);
    }
    circuit_.steps.push_back(step);
  }

  void stores() {
    for (const auto& [plane, wire] : outputs_) {
      const std::uint32_t n = wire >> 1;
      if (place_of_[n] == nowhere) { // the constant
        const std::uint16_t slot = fresh_slot();
        place_of_[n] = slot;
        circuit_.steps.push_back({CircuitStep::Kind::table, 0, {slot, slot, slot, slot}, {slot, slot}, 1});
      }
      const auto from = static_cast<std::uint16_t>(place_of_[n]);
      const std::uint16_t to = number({true, static_cast<std::uint32_t>(plane)});
      if (from != to)
        circuit_.stores.push_back({from, to, (wire & 1) != 0});
    }
  }

  const std::vector<Gate>& gates_;
  const std::map<int, Wire>& outputs_;
  const std::vector<int>& uses_;
  std::vector<std::uint32_t> place_of_;
  std::vector<std::size_t> last_; ///< the step after which a node is of no use
  std::map<std::pair<bool, std::uint32_t>, std::uint16_t> numbers_;
  std::vector<std::uint16_t> free_;
  std::uint32_t slots_ = 0;
  Circuit circuit_;
};

} // namespace

std::optional<Circuit> make_circuit(const Microcode& code, int first_temporary) {
  const auto traced = trace(code, most_gates);
  if (!traced)
    return std::nullopt;
  std::map<int, Wire> outputs;
  std::vector<Wire> wires;
  for (const auto& [plane, wire] : traced->written) {
    const Gate& gate = traced->graph.gates()[wire >> 1];
    if (plane / 16 >= first_temporary || (!(wire & 1) && gate.kind == Gate::Kind::input && gate.plane == plane))
      continue;
    outputs[plane] = wire;
    wires.push_back(wire);
  }
  std::vector<int> uses;
  const auto cuts = cover(traced->graph, wires, uses);
  return Placer(*traced, outputs, uses).place(grouped(operations(cuts, uses), cuts.size()));
}

} // namespace moesaic::hw::associative
