// A run: the records of the machines that did one workload, and where they came from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/record.hpp"

namespace moesaic::results {

/// An input as the run saw it: a description, a workload, a mapping, with everything resolved.
struct InputText {
  std::string name; ///< file name it gets in the run folder, for example "hw-loihi2.yaml"
  std::string text;
  std::string sha256; ///< of `text`, hexadecimal; filled in by write_run_folder
};

struct Run {
  std::string title;   ///< for people, for example "One DeepSeek-V3 MoE layer, batch 1"
  std::string command; ///< the command line that repeats it
  std::string version; ///< of the program
  std::string started; ///< local time, ISO 8601; not part of any hash
  std::uint64_t seed = 0;
  double wall_seconds = 0; ///< host time the simulation took
  std::vector<InputText> inputs;
  std::vector<RunRecord> records;
  /// Machines that could not do the workload, each with its reason: "kimi-k2: L4, the card's memory, overflows: ...".
  std::vector<std::string> left_out;
};

} // namespace moesaic::results
