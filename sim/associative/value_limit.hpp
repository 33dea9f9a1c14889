#pragma once

#include <string>

#include "mappings/associative/program.hpp"

namespace moesaic::sim {

constexpr double most_value_operations = 1e7; ///< of a program whose operations may be anything

/// Throws InputError, naming `name`, where the program's cores have more than `most` vector operations; `remedy` ends the sentence.
void check_value_work(const mappings::associative::Program& program, const std::string& name, double most = most_value_operations,
                      const char* remedy = "");

} // namespace moesaic::sim
