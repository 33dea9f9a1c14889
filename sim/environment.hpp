// The environment variables the program knows; any other that begins with MOESAIC_ is an error, never
// ignored.
#pragma once

#include <cstddef>

namespace moesaic::sim {

/// Throws InputError for an unknown MOESAIC_ variable; silences SystemC's banner.
void check_environment();

/// Whether progress may be shown: standard error is a terminal.
bool shows_progress();

/// "what: done of all" on a terminal's standard error, taken away when all are done.
void show_progress(const char* what, std::size_t done, std::size_t all);

} // namespace moesaic::sim
