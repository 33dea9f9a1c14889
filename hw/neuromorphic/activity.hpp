// What fires when: the arithmetic of a program, apart from its time and its counts.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/neuromorphic/program.hpp"

namespace moesaic::hw {

/// What one run of a core's soma program emits.
struct Firing {
  bool all = false;                   ///< every neuron fires; `neuron` is then not used
  std::vector<std::int32_t> neuron;   ///< of the core, ascending
  std::vector<std::uint32_t> payload; ///< one per firing neuron; empty where no values flow
};

class Activity {
 public:
  virtual ~Activity() = default;
  /// The soma program of `core` runs in `step`. `firing` comes empty.
  virtual void run(std::int32_t core, std::int64_t step, Firing& firing) = 0;
  /// Whether receive() wants to hear of messages.
  virtual bool carries_values() const = 0;
  /// A message has reached port `table` (index into Program::tables) of `core` as `row`, for the soma run of
  /// `due`.
  virtual void receive(std::int32_t core, std::int32_t table, std::int32_t row, std::uint32_t payload,
                       std::int64_t due) = 0;
};

/// Only activity moves: what runs fires as a whole, but for top-k populations, which fire what was chosen.
class ScriptedActivity : public Activity {
 public:
  /// `chosen[token]`: neurons that the top-k population fires for that token, ascending.
  ScriptedActivity(const Program& program, std::vector<std::vector<std::int32_t>> chosen)
      : program_(program), chosen_(std::move(chosen)) {}
  void run(std::int32_t core, std::int64_t step, Firing& firing) override;
  bool carries_values() const override { return false; }
  void receive(std::int32_t, std::int32_t, std::int32_t, std::uint32_t, std::int64_t) override {}

 private:
  const Program& program_;
  std::vector<std::vector<std::int32_t>> chosen_;
};

} // namespace moesaic::hw
