// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/random.hpp"
#include "emulator/library/quasimodem.h"
#include "emulator/workbench/tls_peer.hpp"
#include "net/sim/sim_network.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::library {

/// What stands behind a port.
struct Server {
  std::optional<qm_server> code;  ///< none: it echoes
  std::optional<tls::ServerConfig> tls{};
};

/// How a server is to speak TLS. Throws Refusal with QM_INVALID_ARGUMENT.
tls::ServerConfig server_config(const qm_tls& wish);

/// The servers of one module. They live as long as its network, and so do their connections.
class Servers {
 public:
  /// `moved` is called when somebody has sent or hung up.
  Servers(net::SimNetwork& network, std::uint64_t seed, std::function<void()> moved);
  ~Servers();

  void serve(std::string_view host, std::uint16_t port, net::Transport transport, Server server);

 private:
  void accept(net::SimConnection& wire, const std::shared_ptr<const Server>& server);

  net::SimNetwork& network_;
  SeededRandom random_;
  std::function<void()> moved_;
  std::vector<std::unique_ptr<qm_connection>> connections_;
};

}  // namespace quasimodem::library

/// A server's end of a connection, with TLS or without.
struct qm_connection {
 public:
  qm_connection(std::shared_ptr<const quasimodem::library::Server> server, quasimodem::net::SimConnection& wire,
                std::unique_ptr<quasimodem::tls::ServerSession> session, const std::function<void()>& moved);
  qm_connection(const qm_connection&) = delete;
  qm_connection& operator=(const qm_connection&) = delete;

  /// Throws Refusal with QM_IMPOSSIBLE.
  void send(quasimodem::ByteSpan bytes);
  void hang_up();

 private:
  void follow_plain();
  void follow_tls();
  void connected();
  void received(quasimodem::ByteSpan bytes);
  void closed();

  std::shared_ptr<const quasimodem::library::Server> server_;
  quasimodem::net::SimConnection& wire_;
  std::unique_ptr<quasimodem::workbench::TlsVisit> tls_;  ///< null without
  const std::function<void()>& moved_;
};
