// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/workbench/tls_peer.hpp"
#include "net/endpoint.hpp"
#include "net/sim/sim_network.hpp"

namespace quasimodem::workbench {

/// A command that opens a socket, as far as its peer is concerned.
struct OpenedBy {
  bool secure = false;  ///< AT+QSSLOPEN, otherwise AT+QIOPEN
  int index = 0;        ///< the socket; 0 where the command names none
  std::string host;
  std::uint16_t port = 0;
};
/// Of the first such command in what a host says.
std::optional<OpenedBy> opened_by(const std::string& from_host);

/// The servers that a dialogue talks to, on the simulated network. Each is made when it is first asked for.
class Peers {
 public:
  Peers(net::SimNetwork& network, tls::ServerConfig server) : network_{network}, server_{std::move(server)} {}

  TlsPeer& secure(const std::string& host, std::uint16_t port);
  net::SimListener& plain(const std::string& host, std::uint16_t port);

  /// The one that somebody is connected to; null when there is none.
  TlsPeer* open_secure();
  net::SimConnection* open_plain();

 private:
  net::SimNetwork& network_;
  tls::ServerConfig server_;
  std::map<net::Endpoint, std::unique_ptr<TlsPeer>> secure_;
  std::vector<net::SimListener*> plain_;
};

}  // namespace quasimodem::workbench
