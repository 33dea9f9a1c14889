#pragma once

#include <string>

namespace moesaic::results {

/// SHA-256 of the bytes of `text` (OpenSSL's libcrypto), as 64 hexadecimal digits.
std::string sha256(const std::string& text);

} // namespace moesaic::results
