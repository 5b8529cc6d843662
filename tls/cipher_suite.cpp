// SPDX-License-Identifier: Apache-2.0
#include "tls/cipher_suite.hpp"

namespace quasimodem::tls {

std::string_view name(Version version) {
  switch (version) {
    case Version::ssl3_0: return "SSL3.0";
    case Version::tls1_0: return "TLS1.0";
    case Version::tls1_1: return "TLS1.1";
    case Version::tls1_2: return "TLS1.2";
  }
  return "unknown version";
}

std::string_view name(CipherSuite suite) {
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
