// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/workbench/tls_peer.hpp"

namespace quasimodem::test {

/// What a server of the test PKI is, speaking everything and asking for nothing.
tls::ServerConfig tls_server();
/// The same, refusing clients without a certificate of the test CA.
tls::ServerConfig tls_server_demanding_certificates();

/// A peer of the test PKI unless told otherwise.
class TlsPeer : public workbench::TlsPeer {
 public:
  TlsPeer(net::SimNetwork& network, std::string_view host, std::uint16_t port, tls::ServerConfig config = tls_server())
      : workbench::TlsPeer{network, host, port, std::move(config)} {}
};

}  // namespace quasimodem::test
