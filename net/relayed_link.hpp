// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "core/timeline.hpp"
#include "net/bearer.hpp"

namespace quasimodem::net {

/// A link of a bearer in front of another one: everything passes, both ways. A subclass overrides what it changes.
class RelayedLink : public Link, protected LinkObserver {
 public:
  RelayedLink(Timeline& timeline, Endpoint peer, LinkObserver& observer)
      : peer_{peer}, observer_{observer}, ending_{timeline} {}

  void connect(Bearer& inner, Transport transport) { inner_ = inner.connect(transport, peer_, *this); }
  /// Takes a connection that arrived instead of making one.
  void adopt(const ListenObserver::Accept& accept) { inner_ = accept(*this); }

  std::size_t send(ByteSpan data) override { return inner_ && !ended_ ? inner_->send(data) : 0; }
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
    abort_inner();
  }
  Endpoint peer() const override { return peer_; }

 protected:
  /// Nothing passes any more; the observer hears why, but not from within the call: it may destroy this.
  void end_soon(std::optional<NetError> error, Duration after = {}) {
    if (std::exchange(ended_, true)) return;
    ending_.start(after, [this, error] { observer_.link_closed(error); });
  }
  /// What it has taken and not yet sent is lost.
  void abort_inner() {
    if (inner_) inner_->abort();
  }
  void drop_inner() {
    abort_inner();
    inner_.reset();
  }
  bool ended() const { return ended_; }
  LinkObserver& observer() { return observer_; }

  void link_connected() override { observer_.link_connected(); }
  void link_received(ByteSpan data) override { observer_.link_received(data); }
  void link_writable() override { observer_.link_writable(); }
  void link_closed(std::optional<NetError> error) override {
    if (!std::exchange(ended_, true)) observer_.link_closed(error);
  }

 private:
  const Endpoint peer_;
  LinkObserver& observer_;
  std::unique_ptr<Link> inner_;
  bool ended_ = false;  ///< the last call is made, or due
  Timer ending_;
};

}  // namespace quasimodem::net
