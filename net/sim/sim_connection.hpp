// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/timeline.hpp"
#include "net/link.hpp"

namespace quasimodem::net {

class SimNetwork;

namespace detail {

/// What all connections of one SimNetwork share; outlives the network as long as a Link does.
struct SimWire {
  Timeline& timeline;
  SimNetwork* network;  ///< null once the network is gone
  Duration latency{};
  std::size_t operations = 0;
  std::size_t failing = 0;
  std::size_t links = 0;

  /// Counts one operation; true when it is the one that shall fail.
  bool next_fails() { return ++operations == failing; }
};

}  // namespace detail

/// One connection seen from the peer: the test's hands on the far end. For UDP it is everything one association of the
/// module sends to one port, and it begins with the first datagram.
class SimConnection : public std::enable_shared_from_this<SimConnection> {
 public:
  static constexpr std::size_t kDefaultWindow = 64 * 1024;
  /// The largest piece the module is given at a time, as with real sockets.
  static constexpr std::size_t kReadSize = 4096;

  SimConnection(std::shared_ptr<detail::SimWire> wire, Transport transport, Endpoint endpoint, LinkObserver* observer);
  SimConnection(const SimConnection&) = delete;
  SimConnection& operator=(const SimConnection&) = delete;

  // ── for tests ──

  /// Called from the Timeline with each piece that arrives, after it was added to `received()`.
  std::function<void(ByteSpan)> on_received;
  /// The module ended the connection: in order (nothing) or by a reset. Never for UDP.
  std::function<void(std::optional<NetError>)> on_closed;

  /// Where the module connected to, or where the one came from who called in.
  Endpoint endpoint() const { return endpoint_; }
  Transport transport() const { return transport_; }

  /// All that arrived so far and was read.
  const Bytes& received() const { return received_; }
  /// The same, piece by piece: for UDP the datagrams.
  const std::vector<Bytes>& pieces() const { return pieces_; }
  /// Gives what arrived since the last call.
  Bytes take_received();
  /// Keeps nothing of what arrived so far: for a peer that hears it by `on_received` and lives long.
  void forget_received();

  /// Sends to the module; there is no limit. For UDP each call is one datagram.
  void send(ByteSpan data);
  void send(std::string_view text) { send(as_bytes(text)); }
  /// Bytes given to `send` that the module has not taken yet.
  std::size_t undelivered() const { return undelivered_; }

  /// FIN: the module hears of it after all data. The module may still send.
  void close();
  /// RST: the module hears of it after all data that was sent before.
  void reset();

  /// From now on nothing is read, the module's send window fills up.
  void stop_reading() { reading_ = false; }
  void resume_reading();

  /// Neither side has ended the connection, as far as the peer knows.
  bool open() const { return !peer_ended_ && !module_ended_; }
  /// The module ended it (UDP: destroyed its link), and everything before that was read.
  bool ended_by_module() const { return module_ended_; }

 private:
  friend class SimNetwork;
  friend class SimLink;

  enum class Phase { connecting, connected, over };
  enum class End { in_order, reset };

  // The network's part.
  void accepted(std::size_t window);
  void established();
  void failed(NetError error);
  /// The peer called in, and the module takes it.
  void accepted_by_module(LinkObserver& observer);
  void refused_by_module();

  // The module's half, called by its SimLink.
  std::size_t module_sends(ByteSpan data);
  void module_pauses() { paused_ = true; }
  void module_resumes();
  void module_leaves(End how);

  using Step = std::function<void(SimConnection&)>;
  void to_module(Step step);
  void to_peer(Step step);

  void arrive_at_peer(Bytes data);
  void read_at_peer();
  void end_at_peer();
  void acknowledged(std::size_t count);
  void deliver_to_module();
  void tell_module_closed(std::optional<NetError> error);
  void break_now();

  std::shared_ptr<detail::SimWire> wire_;
  const Transport transport_;
  const Endpoint endpoint_;
  // Nothing overtakes, even when the latency shrinks.
  Instant last_to_module_{};
  Instant last_to_peer_{};

  // What the peer knows.
  bool known_ = false;  ///< the SYN or first datagram was accepted
  bool reading_ = true;
  std::deque<Bytes> unread_;
  Bytes received_;
  std::vector<Bytes> pieces_;
  std::size_t taken_ = 0;
  std::size_t undelivered_ = 0;
  bool peer_ended_ = false;
  bool peer_reset_ = false;
  std::optional<End> module_end_;  ///< arrived, perhaps before everything was read
  bool module_ended_ = false;

  // What the module knows.
  LinkObserver* observer_;  ///< null once the Link is gone or the last call was made
  Phase phase_ = Phase::connecting;
  bool left_ = false;
  bool aborted_ = false;
  bool paused_ = false;
  bool starved_ = false;  ///< a send took less than it was given
  std::size_t window_ = kDefaultWindow;
  std::size_t unacknowledged_ = 0;
  std::deque<Bytes> incoming_;
  std::optional<End> peer_end_;
};

}  // namespace quasimodem::net
