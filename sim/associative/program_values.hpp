// `moesaic run PROGRAM.yaml --values`: a user's associative program on the bit planes, with numbers from files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "description/document.hpp"

namespace moesaic::sim {

/// What a program is given: files of numbers by region of card memory, and one of immediate values.
struct ProgramInput {
  std::map<std::string, std::string> memory; ///< region: file; a file of one core's part is every core's
  std::string operands;                      ///< immediates of operations that take them from memory, in order; "": none
};

/// One answer that a control processor read out of the array.
struct ProgramAnswer {
  int core = 0;
  std::string place, operation; ///< of the step: file:line:column
  std::vector<std::uint16_t> numbers;
};

struct ProgramValues {
  int cores = 1;
  std::map<std::string, std::vector<std::uint16_t>> memory; ///< regions as they are in the end, cores' parts one after the other
  std::vector<std::uint16_t> vectors;                       ///< core x 15 x column
  std::size_t columns = 0;
  std::vector<ProgramAnswer> answers;
};

/// Runs the checked program to the bit. L4 to L1 and back are whole moves. L2 holds one vector: what was moved there last, then what
/// was moved after it. L3 holds what was moved there last: the table of `lookup_16`; answers leave L3 for L4 in the order in which
/// they were read. Scalar work has no values. Throws InputError for files that do not suit the regions, missing operands, and
/// programs that are too long to carry values.
ProgramValues run_with_values(const Document& program, const Document& machine, const ProgramInput& input);

/// Writes REGION.npy (cores x words) for every region, vectors.npy and answers.csv into a new folder.
void write_program_values(const std::string& folder, const ProgramValues& values);

} // namespace moesaic::sim
