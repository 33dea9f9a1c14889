#include "results/base64.hpp"

#include <algorithm>

#include <openssl/evp.h>

namespace moesaic::results {

std::string base64(const std::string& bytes) {
  constexpr std::size_t most = 3 << 20; // whole groups of three: only the last is padded
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0'); // and the zero that libcrypto writes
  auto* const to = reinterpret_cast<unsigned char*>(text.data());
  const auto* const from = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t written = 0;
  for (std::size_t i = 0; i < bytes.size(); i += most)
    written += static_cast<std::size_t>(
        EVP_EncodeBlock(to + written, from + i, static_cast<int>(std::min(most, bytes.size() - i))));
  text.resize(written);
  return text;
}

} // namespace moesaic::results
