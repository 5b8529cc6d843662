// SPDX-License-Identifier: Apache-2.0
#include "net/faults/faulty_bearer.hpp"

#include <array>
#include <utility>

namespace quasimodem::net {
namespace {

// The first byte of a TLS record (RFC 5246 6.2.1).
constexpr std::uint8_t kAlert = 0x15;
constexpr std::uint8_t kHandshake = 0x16;
constexpr std::uint8_t kApplicationData = 0x17;

class FaultyLink final : public Link, private LinkObserver {
 public:
  FaultyLink(Timeline& timeline, FaultBook& book, Endpoint peer, LinkObserver& observer)
      : book_{book}, peer_{peer}, subject_{peer.text()}, observer_{observer}, ending_{timeline} {}

  void start(Bearer& inner, Transport transport) {
    if (strikes("peer.refuse")) return end_soon(NetError::refused);
    inner_ = inner.connect(transport, peer_, *this);
  }

  std::size_t send(ByteSpan data) override {
    if (ended_ || !inner_) return 0;
    if (!data.empty() && data.front() == kHandshake) handshaking_ = true;
    if (!data.empty() && data.front() == kApplicationData) handshaking_ = false;
    return silent_ ? data.size() : inner_->send(data);
  }
  void pause() override {
    if (inner_) inner_->pause();
  }
  void resume() override {
    if (inner_) inner_->resume();
  }
  std::size_t unacknowledged() const override { return inner_ ? inner_->unacknowledged() : 0; }
  void abort() override {
    ending_.cancel();
    ended_ = true;
    if (inner_) inner_->abort();
  }
  Endpoint peer() const override { return peer_; }

 private:
  const FaultRule* strikes(std::string_view name) { return book_.strike(name, subject_); }

  /// Not from within the call: who hears of it may destroy this.
  void end_soon(std::optional<NetError> error, Duration after = {}) {
    ended_ = true;
    ending_.start(after, [this, error] { observer_.link_closed(error); });
  }

  void link_connected() override { observer_.link_connected(); }
  void link_writable() override { observer_.link_writable(); }

  void link_received(ByteSpan data) override {
    if (ended_ || silent_) return;
    if (strikes("peer.half_open")) {
      silent_ = true;
      return;
    }
    if (strikes("peer.reset")) {
      inner_->abort();
      return end_soon(NetError::reset);
    }
    if (handshaking_ && handshake_fails()) return;
    if (!data.empty() && data.front() == kApplicationData) return deliver_record(data);
    observer_.link_received(data);
  }

  bool handshake_fails() {
    if (strikes("tls.stall")) return silent_ = true;
    const auto* rule = strikes("tls.alert");
    if (!rule) return false;
    constexpr int kHandshakeFailure = 40;
    constexpr std::uint8_t kFatal = 2;
    const std::array<std::uint8_t, 7> record{
        kAlert, 3, 1, 0, 2, kFatal, static_cast<std::uint8_t>(rule->number("alert", kHandshakeFailure))};
    inner_->abort();
    end_soon(std::nullopt);
    observer_.link_received(record);
    return true;
  }

  void deliver_record(ByteSpan data) {
    handshaking_ = false;
    if (strikes("tls.cut")) {
      inner_->abort();
      return end_soon(std::nullopt);
    }
    if (!strikes("tls.corrupt")) return observer_.link_received(data);
    Bytes broken{data.begin(), data.end()};
    broken.back() ^= 1;
    observer_.link_received(broken);
  }

  void link_closed(std::optional<NetError> error) override {
    if (ended_ || silent_) return;
    if (const auto* rule = strikes("peer.slow_close")) return end_soon(error, rule->time("time", 30s));
    observer_.link_closed(error);
  }

  FaultBook& book_;
  const Endpoint peer_;
  const std::string subject_;
  LinkObserver& observer_;
  std::unique_ptr<Link> inner_;
  bool handshaking_ = false;
  bool silent_ = false;  ///< nothing passes any more
  bool ended_ = false;
  Timer ending_;
};

class LateFailure final : public Operation {
 public:
  LateFailure(Timeline& timeline, Duration after, std::function<void(Bearer::Addresses)> done) : timer_{timeline} {
    timer_.start(after, [done = std::move(done)] { done(tl::unexpected{NetError::name_not_found}); });
  }

 private:
  Timer timer_;
};

}  // namespace

std::unique_ptr<Operation> FaultyBearer::resolve(std::string_view host, std::function<void(Addresses)> done) {
  if (const auto* rule = book_.strike("dns.fail", host)) {
    return std::make_unique<LateFailure>(timeline_, rule->time("time", {}), std::move(done));
  }
  if (const auto* rule = book_.strike("tls.wrong_host", host)) {
    return inner_.resolve(rule->text("to", host), std::move(done));
  }
  return inner_.resolve(host, std::move(done));
}

std::unique_ptr<Link> FaultyBearer::connect(Transport transport, Endpoint peer, LinkObserver& observer) {
  auto link = std::make_unique<FaultyLink>(timeline_, book_, peer, observer);
  link->start(inner_, transport);
  return link;
}

}  // namespace quasimodem::net
