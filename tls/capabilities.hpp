// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/random.hpp"
#include "tls/cipher_suite.hpp"

namespace quasimodem::tls {

/// The library under all this.
struct Library {
  std::string version;        ///< `2.28.3`
  bool from_source = false;   ///< built with this program (QUASIMODEM_MBEDTLS=legacy), not the distribution's
  bool exports_keys = false;  ///< ClientConfig::key_log works
};
Library library();

/// One cell of <sslversion> × <ciphersuite>.
struct Capability {
  Version version;
  CipherSuite suite;
  bool works = false;
  std::string why_not;  ///< empty when it works
};

/// Whether this build knows the version; cheap. SSL 3.0 needs QUASIMODEM_MBEDTLS=legacy.
bool speaks(Version version);

/// All 24 cells, each proved by a handshake and an echo in memory. Some tens of milliseconds.
std::vector<Capability> probe(RandomSource& random);

}  // namespace quasimodem::tls
