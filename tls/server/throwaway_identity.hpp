// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/bytes.hpp"

namespace quasimodem::tls {

// A key that everybody knows, for a server nobody needs to trust: the capability probe and the demonstration peer.
// Self-signed by CN=localhost, RSA 2048, valid 2014 to 2034; with it as the CA certificate <seclevel> 1 accepts it.

ByteSpan throwaway_certificate();  ///< PEM
ByteSpan throwaway_key();          ///< PEM, PKCS#1

}  // namespace quasimodem::tls
