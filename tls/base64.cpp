// SPDX-License-Identifier: Apache-2.0
#include "tls/base64.hpp"

#include <algorithm>

#include <mbedtls/base64.h>

namespace quasimodem::tls {

std::string base64(ByteSpan octets) {
  const auto length = (octets.size() + 2) / 3 * 4;
  std::string text(length + 1, '\0');  // mbedTLS ends it with a NUL
  std::size_t written = 0;
  mbedtls_base64_encode(reinterpret_cast<unsigned char*>(text.data()), text.size(), &written, octets.data(),
                        octets.size());
  text.resize(written);
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  // mbedTLS drops a group that is not whole.
  const auto characters = std::count_if(text.begin(), text.end(), [](char c) { return c != '\r' && c != '\n'; });
  if (characters % 4 != 0) return std::nullopt;
  Bytes octets(text.size() / 4 * 3 + 3);
  std::size_t written = 0;
  if (mbedtls_base64_decode(octets.data(), octets.size(), &written, reinterpret_cast<const unsigned char*>(text.data()),
                            text.size()) != 0)
    return std::nullopt;
  octets.resize(written);
  return octets;
}

}  // namespace quasimodem::tls
