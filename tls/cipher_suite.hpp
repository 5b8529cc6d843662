// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace quasimodem::tls {

/// <sslversion> of AT+QSSLCFG, SSL 1.1 Table 1.
enum class Version : std::uint8_t { ssl3_0 = 0, tls1_0 = 1, tls1_1 = 2, tls1_2 = 3 };

/// SSL 1.1 Table 2, in the manual's order. The values are the IANA code points.
enum class CipherSuite : std::uint16_t {
  rsa_aes_256_cbc_sha = 0x0035,
  rsa_rc4_128_sha = 0x0005,
  rsa_rc4_128_md5 = 0x0004,
  rsa_3des_ede_cbc_sha = 0x000A,
  rsa_aes_128_cbc_sha = 0x002F,
  rsa_aes_256_cbc_sha256 = 0x003D,
};

inline constexpr std::array kAllVersions{Version::ssl3_0, Version::tls1_0, Version::tls1_1, Version::tls1_2};
inline constexpr std::array kAllCipherSuites{
    CipherSuite::rsa_aes_256_cbc_sha,  CipherSuite::rsa_rc4_128_sha,     CipherSuite::rsa_rc4_128_md5,
    CipherSuite::rsa_3des_ede_cbc_sha, CipherSuite::rsa_aes_128_cbc_sha, CipherSuite::rsa_aes_256_cbc_sha256,
};

/// Whether the protocol knows the suite in this version: SHA-256 MACs came with TLS 1.2.
constexpr bool allowed(Version version, CipherSuite suite) {
  return suite != CipherSuite::rsa_aes_256_cbc_sha256 || version == Version::tls1_2;
}

/// `TLS1.1`, as the manual writes it.
constexpr std::string_view name(Version version) {
  switch (version) {
    case Version::ssl3_0: return "SSL3.0";
    case Version::tls1_0: return "TLS1.0";
    case Version::tls1_1: return "TLS1.1";
    case Version::tls1_2: return "TLS1.2";
  }
  return "unknown version";
}

constexpr std::string_view name(CipherSuite suite) {
  switch (suite) {
    case CipherSuite::rsa_aes_256_cbc_sha: return "TLS_RSA_WITH_AES_256_CBC_SHA";
    case CipherSuite::rsa_rc4_128_sha: return "TLS_RSA_WITH_RC4_128_SHA";
    case CipherSuite::rsa_rc4_128_md5: return "TLS_RSA_WITH_RC4_128_MD5";
    case CipherSuite::rsa_3des_ede_cbc_sha: return "TLS_RSA_WITH_3DES_EDE_CBC_SHA";
    case CipherSuite::rsa_aes_128_cbc_sha: return "TLS_RSA_WITH_AES_128_CBC_SHA";
    case CipherSuite::rsa_aes_256_cbc_sha256: return "TLS_RSA_WITH_AES_256_CBC_SHA256";
  }
  return "unknown cipher suite";
}

}  // namespace quasimodem::tls
