// SPDX-License-Identifier: Apache-2.0
#include "net/faults/faulty_bearer.hpp"

#include <array>
#include <utility>
#include <vector>

#include "net/faults/tls_records.hpp"
#include "net/late_operation.hpp"
#include "net/relayed_link.hpp"

namespace quasimodem::net {
namespace {

bool begins_with_client_hello(ByteSpan data) {
  constexpr std::size_t kTypeOfMessage = 5;  // behind the record's header
  return data.size() > kTypeOfMessage && data[0] == TlsRecords::kHandshake && data[1] == 3 && data[kTypeOfMessage] == 1;
}

/// What the faults have to know of the TLS connection on a link. It is one when the module begins with a handshake
/// record, or comes to it after words in clear (STARTTLS), and as long as both sides speak in records.
class TlsWatch {
 public:
  void sent(ByteSpan data) {
    if (!is_tls() && !datagrams_ && begins_with_client_hello(data)) *this = {};
    while (may_be_tls() && !data.empty()) {
      const auto part = sent_.next(data);
      if (part.opens) note(part.type);
    }
  }
  TlsRecords::Part received(ByteSpan& data) {
    const auto part = received_.next(data);
    if (part.opens) note(part.type);
    return part;
  }
  /// Who hears the server first has no TLS, not yet.
  void peer_speaks() { plain_ = plain_ || !hello_; }
  /// Nor has UDP.
  void carries_datagrams() { plain_ = datagrams_ = true; }
  bool is_tls() const { return hello_ && may_be_tls(); }
  bool handshaking() const { return is_tls() && !data_seen_; }

 private:
  bool may_be_tls() const { return !plain_ && sent_.valid() && received_.valid(); }
  void note(std::uint8_t type) {
    plain_ = plain_ || (!hello_ && type != TlsRecords::kHandshake);
    hello_ = true;
    data_seen_ = data_seen_ || type == TlsRecords::kApplicationData;
  }

  TlsRecords sent_;
  TlsRecords received_;
  bool hello_ = false;  ///< the module has begun with a record
  bool plain_ = false;
  bool datagrams_ = false;
  bool data_seen_ = false;
};

class FaultyLink final : public RelayedLink {
 public:
  FaultyLink(Timeline& timeline, FaultBook& book, Endpoint peer, LinkObserver& observer)
      : RelayedLink{timeline, peer, observer}, book_{book}, subject_{peer.text()} {}

  void start(Bearer& inner, Transport transport) {
    if (transport == Transport::udp) tls_.carries_datagrams();
    strikes("peer.refuse") ? end_soon(NetError::refused) : connect(inner, transport);
  }

  std::size_t send(ByteSpan data) override {
    const auto taken = silent_ && !ended() ? data.size() : RelayedLink::send(data);
    tls_.sent(data.first(taken));
    return taken;
  }

 private:
  const FaultRule* strikes(std::string_view name) { return book_.strike(name, subject_); }

  void link_received(ByteSpan data) override {
    if (ended() || silent_) return;
    if (strikes("peer.half_open")) {
      silent_ = true;
      return;
    }
    if (strikes("peer.reset")) {
      abort_inner();
      return end_soon(NetError::reset);
    }
    tls_.peer_speaks();
    tls_.is_tls() ? deliver_records(data) : observer().link_received(data);
  }

  /// The records of one read, one after the other, until a fault strikes one.
  void deliver_records(ByteSpan data) {
    std::vector<std::size_t> broken;
    std::size_t passed = 0;
    for (auto rest = data; !rest.empty();) {
      const bool handshaking = tls_.handshaking();
      const auto part = tls_.received(rest);
      const bool is_data = part.type == TlsRecords::kApplicationData;
      if (part.opens && handshaking && !is_data && handshake_fails(data.first(passed))) return;
      if (part.opens && is_data) {
        if (strikes("tls.cut")) return end_after(data.first(passed));
        corrupting_ = strikes("tls.corrupt") != nullptr;
      }
      passed += part.bytes.size();
      if (part.ends && std::exchange(corrupting_, false)) broken.push_back(passed - 1);
    }
    if (broken.empty()) return observer().link_received(data);
    Bytes changed{data.begin(), data.end()};
    for (const auto place : broken) changed[place] ^= 1;
    observer().link_received(changed);
  }

  bool handshake_fails(ByteSpan before) {
    if (strikes("tls.stall")) {
      silent_ = true;
      if (!before.empty()) observer().link_received(before);
      return true;
    }
    const auto* rule = strikes("tls.alert");
    if (!rule) return false;
    constexpr int kHandshakeFailure = 40;
    constexpr std::uint8_t kFatal = 2;
    const std::array<std::uint8_t, 7> record{
        TlsRecords::kAlert, 3, 1, 0, 2, kFatal, static_cast<std::uint8_t>(rule->number("alert", kHandshakeFailure))};
    Bytes last{before.begin(), before.end()};
    append(last, record);
    end_after(last);
    return true;
  }

  /// The connection ends behind this.
  void end_after(ByteSpan last) {
    abort_inner();
    end_soon(std::nullopt);
    if (!last.empty()) observer().link_received(last);
  }

  void link_closed(std::optional<NetError> error) override {
    if (ended() || silent_) return;
    if (const auto* rule = strikes("peer.slow_close")) return end_soon(error, rule->time("time", 30s));
    RelayedLink::link_closed(error);
  }

  FaultBook& book_;
  const std::string subject_;
  TlsWatch tls_;
  bool corrupting_ = false;  ///< the record that is arriving is to be broken
  bool silent_ = false;      ///< nothing passes any more
};

}  // namespace

std::unique_ptr<Operation> FaultyBearer::resolve(std::string_view host, std::function<void(Addresses)> done) {
  if (const auto* rule = book_.strike("dns.fail", host)) {
    auto operation = std::make_unique<LateOperation>(timeline_);
    operation->answer_after(rule->time("time", {}),
                            [done = std::move(done)] { done(tl::unexpected{NetError::name_not_found}); });
    return operation;
  }
  return inner_.resolve(host, std::move(done));
}

std::unique_ptr<Link> FaultyBearer::connect(Transport transport, Endpoint peer, LinkObserver& observer) {
  auto link = std::make_unique<FaultyLink>(timeline_, book_, peer, observer);
  link->start(inner_, transport);
  return link;
}

}  // namespace quasimodem::net
