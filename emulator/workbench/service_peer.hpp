// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/random.hpp"
#include "emulator/workbench/tls_peer.hpp"
#include "net/peer_session.hpp"
#include "net/sim/sim_network.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::workbench {

/// A server of HTTP, FTP, SMTP or MQTT on the simulated network: every connection is a session of its own.
class ServicePeer {
 public:
  using Meet = std::function<std::unique_ptr<net::PeerSession>(net::SimConnection& wire)>;
  struct Address {
    std::string_view host;
    std::uint16_t port;
  };
  enum class Tls { never, at_once, when_asked };  ///< the last: STARTTLS

  ServicePeer(net::SimNetwork& network, Address address, Meet meet);
  /// `config` must be one that tls::ServerSession takes.
  ServicePeer(net::SimNetwork& network, Address address, Meet meet, tls::ServerConfig config, Tls when = Tls::at_once);
  ~ServicePeer();
  ServicePeer(const ServicePeer&) = delete;
  ServicePeer& operator=(const ServicePeer&) = delete;

  net::SimListener& listener() { return listener_; }
  std::size_t connections() const { return visits_.size(); }
  /// The newest connection. There must be one.
  net::SimConnection& wire();
  net::PeerSession& session();
  /// What was agreed with the newest; null without TLS.
  const tls::ServerSession* tls() const;

 private:
  class Visit;

  void accept(net::SimConnection& wire);

  Meet meet_;
  std::optional<tls::ServerConfig> config_;
  Tls when_ = Tls::never;
  SeededRandom random_{3};
  net::SimListener& listener_;
  std::vector<std::unique_ptr<Visit>> visits_;
};

}  // namespace quasimodem::workbench
