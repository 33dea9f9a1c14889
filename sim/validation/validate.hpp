// What `moesaic validate SUBJECT` prints, one function per subject, each in its own file.
#pragma once

#include <string>
#include <vector>

#include "results/validation.hpp"

namespace moesaic::sim {

std::vector<results::ValidationRow> validate_neuromorphic();
std::vector<results::ValidationRow> validate_associative();
/// Rows of one bit-serial machine; `published` is a file of results/published.
void validate_bit_serial(const std::string& published, std::vector<results::ValidationRow>& rows);

} // namespace moesaic::sim
