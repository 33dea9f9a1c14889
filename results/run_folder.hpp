// The run folder: everything about a run, in one place, complete or not there at all.
#pragma once

#include <functional>
#include <string>

#include "results/run.hpp"

namespace moesaic::results {

/// Writes `folder`: inputs/ (as given in the run), energy_table.csv, constants.csv, actions.csv, run.h5,
/// stats.json, report.html and log.txt. All is written to a sibling `folder`.partial-PID, which is renamed
/// when complete and removed when anything fails. Fills in the inputs' hashes. Throws InputError, naming file
/// and reason, when the folder exists already or cannot be written (permission, full disk).
void write_run_folder(const std::string& folder, Run run);

/// `parent`/NAME, or NAME-2, NAME-3 ... for the first that does not exist.
std::string free_run_folder(const std::string& parent, const std::string& name);

/// A new folder, whole or not at all: `fill` writes its files under the name that it is given. Throws InputError, also where
/// `folder` exists.
void write_folder(const std::string& folder, const std::function<void(const std::string& partial)>& fill);

/// Replaces one file of an existing folder, whole or not at all. Throws InputError.
void write_file(const std::string& file, const std::string& text);

/// Before long work: throws InputError when `file` could not be written, or when a run folder stands there
/// already.
void check_place(const std::string& file);
void check_free(const std::string& folder);

} // namespace moesaic::results
