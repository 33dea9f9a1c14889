// The environment variables the program knows; any other that begins with MOESAIC_ is an error, never
// ignored.
#pragma once

namespace moesaic::sim {

/// Throws InputError for an unknown MOESAIC_ variable; silences SystemC's banner.
void check_environment();

/// Whether progress may be shown: standard error is a terminal.
bool shows_progress();

} // namespace moesaic::sim
