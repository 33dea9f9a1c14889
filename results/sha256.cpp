#include "results/sha256.hpp"

#include <stdexcept>

#include <openssl/evp.h>

namespace moesaic::results {

std::string sha256(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr); // looked up once: it takes longer
  if (!algorithm || EVP_Digest(text.data(), text.size(), digest, &length, algorithm, nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available in this build of OpenSSL");
  static const char digits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * length);
  for (unsigned i = 0; i < length; ++i)
    (hex += digits[digest[i] >> 4]) += digits[digest[i] & 15];
  return hex;
}

} // namespace moesaic::results
