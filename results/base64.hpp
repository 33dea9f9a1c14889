#pragma once

#include <string>

namespace moesaic::results {

/// The bytes in base64 (RFC 4648, padded; OpenSSL's libcrypto).
std::string base64(const std::string& bytes);

} // namespace moesaic::results
