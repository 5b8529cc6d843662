// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/service_peer.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace quasimodem::workbench {
namespace {

constexpr std::size_t kPlaintext = 4096;  // that TLS takes at a time

}  // namespace

/// One connection: its session, and the TLS in between.
class ServicePeer::Visit {
 public:
  using MakeTls = std::function<std::unique_ptr<tls::ServerSession>()>;

  Visit(net::SimConnection& wire, std::unique_ptr<net::PeerSession> session, MakeTls make_tls)
      : wire_{wire}, session_{std::move(session)}, make_tls_{std::move(make_tls)} {
    session_->on_outgoing = [this] { say(); };
  }
  ~Visit() {
    wire_.on_received = nullptr;
    wire_.on_closed = nullptr;
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  void begin(Tls when) {
    if (when == Tls::at_once) return begin_tls([this] { greet(); });
    wire_.on_received = [this](ByteSpan bytes) { hear(bytes); };
    wire_.on_closed = [this](auto) { session_->input_ended(); };
    greet();
  }

  net::SimConnection& wire() { return wire_; }
  net::PeerSession& session() { return *session_; }
  const tls::ServerSession* tls() const { return tls_ ? &tls_->session() : nullptr; }

 private:
  void begin_tls(std::function<void()> then) {
    tls_ = std::make_unique<TlsVisit>(wire_, make_tls_());
    tls_->on_handshake = std::move(then);
    tls_->on_plaintext = [this](ByteSpan bytes) { hear(bytes); };
    tls_->on_closed = [this] { session_->input_ended(); };
  }

  void greet() {
    session_->start();
    say();
  }

  void hear(ByteSpan bytes) {
    session_->receive(bytes);
    say();
    if (!tls_ && session_->starts_tls()) begin_tls({});
  }

  void say() {
    const auto octets = session_->take_outgoing();
    for (ByteSpan rest{octets}; !rest.empty();) {
      const auto part = rest.first(std::min(rest.size(), kPlaintext));
      rest = rest.subspan(part.size());
      if (!tls_) {
        wire_.send(part);
      } else if (!tls_->send(part)) {
        return;  // the session is over
      }
    }
    if (session_->over() && wire_.open()) tls_ ? tls_->close() : wire_.close();
  }

  net::SimConnection& wire_;
  std::unique_ptr<net::PeerSession> session_;
  MakeTls make_tls_;
  std::unique_ptr<TlsVisit> tls_;
};

ServicePeer::ServicePeer(net::SimNetwork& network, Address address, Meet meet)
    : meet_{std::move(meet)}, listener_{network.listen(address.host, address.port)} {
  listener_.on_accept = [this](net::SimConnection& wire) { accept(wire); };
}

ServicePeer::ServicePeer(net::SimNetwork& network, Address address, Meet meet, tls::ServerConfig config, Tls when)
    : ServicePeer{network, address, std::move(meet)} {
  config_ = std::move(config);
  when_ = when;
}

ServicePeer::~ServicePeer() { listener_.on_accept = nullptr; }

void ServicePeer::accept(net::SimConnection& wire) {
  const auto make_tls = [this] {
    auto session = tls::ServerSession::create(*config_, random_, Logger{});
    if (!session) throw std::invalid_argument{"TLS peer: " + session.error().reason};
    return std::move(*session);
  };
  visits_.push_back(std::make_unique<Visit>(wire, meet_(wire), make_tls));
  visits_.back()->begin(when_);
}

net::SimConnection& ServicePeer::wire() { return visits_.back()->wire(); }
net::PeerSession& ServicePeer::session() { return visits_.back()->session(); }
const tls::ServerSession* ServicePeer::tls() const { return visits_.back()->tls(); }

}  // namespace quasimodem::workbench
