#include "results/json_text.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace moesaic::results {

std::string json_text(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c >= ' ' && c < 127 && c != '"' && c != '\\'; });
  return plain ? '"' + text + '"'
               : nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_document(const nlohmann::ordered_json& document) {
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace moesaic::results
