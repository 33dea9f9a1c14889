// Texts and documents as JSON. Bytes that are no UTF-8 are replaced.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace moesaic::results {

/// In quotes.
std::string json_text(const std::string& text);

/// Indented by two, without a line break at the end.
std::string json_document(const nlohmann::ordered_json& document);

} // namespace moesaic::results
