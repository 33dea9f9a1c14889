// Associative programs as YAML files; docs/associative.md describes the format.
#pragma once

#include "description/document.hpp"
#include "mappings/associative/program.hpp"

namespace moesaic::mappings::associative {

/// Reads a document of kind `associative_program`. Throws InputError with file, line, column and key path.
Program read_program(const Document& document);

} // namespace moesaic::mappings::associative
