// JSON from outside, read with care. For .cpp files only: it brings nlohmann/json along.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace moesaic::workloads {

using Json = nlohmann::json;

/// Throws InputError "file: ..." for what is not JSON, for a key that stands twice in one object, and for more
/// than 64 levels of nesting.
Json parse_json(const std::string& text, const std::string& file);

/// A whole file; an absent, unreadable or implausibly large (over 64 MiB) one is an InputError.
std::string read_text_file(const std::string& file);

/// `value` as text, cut to what a message can carry.
std::string short_text(const Json& value);

} // namespace moesaic::workloads
