// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <boost/system/error_code.hpp>

#include "net/host/host_core.hpp"
#include "net/link.hpp"
#include "net/session_link.hpp"

namespace quasimodem::net {

/// The errno of a socket call in the module's words. Success must not be asked.
NetError net_error(const boost::system::error_code& error);

/// The call would have had to wait; nothing is wrong.
bool not_ready(const boost::system::error_code& error);

/// The socket under a Link. It is shared with its handlers, so that it may outlive the Link and go on sending.
class HostSession : public std::enable_shared_from_this<HostSession> {
 public:
  HostSession(std::shared_ptr<HostCore> core, Endpoint peer, LinkObserver& observer)
      : core_{std::move(core)}, peer_{peer}, observer_{&observer} {}
  virtual ~HostSession() = default;
  HostSession(const HostSession&) = delete;
  HostSession& operator=(const HostSession&) = delete;

  /// Goes for `target`, which a mapping may have put in the place of `peer()`.
  virtual void connect(Endpoint target) = 0;
  /// The connection cannot be made; the observer hears it later.
  void fail(NetError error);
  /// There is a connection; the observer hears it later.
  void connected_soon();

  // As in Link.
  virtual std::size_t send(ByteSpan data) = 0;
  void pause() { paused_ = true; }
  void resume();
  virtual std::size_t unacknowledged() = 0;
  virtual void abort() = 0;
  Endpoint peer() const { return peer_; }

  /// The Link is destroyed.
  virtual void leave() = 0;

 protected:
  enum class Phase { connecting, connected, over };

  /// Reads once and tells the observer. Called as an event of the module's world; nothing to read does no harm.
  virtual void read_once() = 0;
  virtual void close_socket() = 0;

  /// Someone is there to be told, and wants to be.
  bool reading() const { return observer_ && phase_ == Phase::connected && !paused_; }
  void tell_connected();
  void tell_closed(std::optional<NetError> error);
  void read_later();

  std::shared_ptr<HostCore> core_;
  const Endpoint peer_;
  LinkObserver* observer_;  ///< null once the Link is gone or the last call was made
  Phase phase_ = Phase::connecting;
  bool paused_ = false;
  bool starved_ = false;  ///< a send took less than it was given
};

using AsioLink = SessionLink<HostSession>;

}  // namespace quasimodem::net
