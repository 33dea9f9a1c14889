// Runs as JSON: what `--json` prints and what stats.json holds. Lossless: every double comes back to the bit.
#pragma once

#include <string>

#include "results/run.hpp"

namespace moesaic::results {

/// The version of the layout of stats.json and run.h5; raised when a reader of the old one would go wrong.
inline constexpr int schema_version = 1;

/// {"schema": "moesaic run", "schema_version": 1, "title": ..., "verdict": [...], "records": [...], ...};
/// the verdict is for readers and not read back. Throws std::logic_error for a NaN or an infinity.
std::string to_json(const Run& run);
/// The same on one line.
std::string to_compact_json(const Run& run);

/// Reads what to_json wrote; `name` is the file's, for errors. Throws InputError.
Run run_from_json(const std::string& text, const std::string& name);

/// Reads stats.json of a run folder, or the file itself when `path` names one. Throws InputError.
Run load_run(const std::string& path);

} // namespace moesaic::results
