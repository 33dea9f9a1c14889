// Blocks of plain counts in a workload file: no units, but each block says where it comes from.
#pragma once

#include "description/document.hpp"

namespace moesaic::workloads {

/// The top-level map `key`, whose `source` is checked against the document's `sources` and whose `confidence`
/// is one of exact, high, medium, low; a `note` may stand with them. Throws InputError.
Node sourced_block(const Document& document, const std::string& key);

} // namespace moesaic::workloads
