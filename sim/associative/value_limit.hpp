#pragma once

#include <string>

#include "mappings/associative/program.hpp"

namespace moesaic::sim {

/// Throws InputError, naming `name`, where the program's cores have more vector operations than a run with values may take;
/// `remedy` ends the sentence.
void check_value_work(const mappings::associative::Program& program, const std::string& name, const char* remedy = "");

} // namespace moesaic::sim
