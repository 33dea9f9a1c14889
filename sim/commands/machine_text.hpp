// A machine's figures for `moesaic hw show`.
#pragma once

#include <string>

namespace moesaic::sim {

/// Every figure of a machine, once, with its value, interval, confidence, source and note, then the sources; as a
/// table in the units of the description, or as JSON (numbers in `unit`). Throws InputError.
std::string machine_text(const std::string& name);
std::string machine_json(const std::string& name);

} // namespace moesaic::sim
