// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "core/timeline.hpp"
#include "net/bearer.hpp"

namespace quasimodem::tls {
class ClientSession;
}

namespace quasimodem::device {

/// <socketstatus> of SSL 2.2.6. ASSUMED: remote_closing: the peer has ended, and what it sent before has not all been
/// read; closing: the TE has closed, and what it sent before is not yet with the peer.
enum class SocketState { initial, connecting, connected, remote_closing, closing, closed };

/// AT+QISACK: octets the TE sent, and how many of them the peer has acknowledged.
struct SendCount {
  std::size_t sent = 0;
  std::size_t acknowledged = 0;
};

enum class SendResult { accepted, blocked, not_connected };

/// A byte stream to host:port, plain or over TLS, or with UDP the datagrams of one peer: a socket from the command that
/// opens it until its index is used again, or the connection of a service. It is its owner's, and `bearer` ends it.
/// Resolving, connecting, time-out and the receive buffer are the same for all; a subclass says what happens to the
/// bytes on the link.
class Stream : protected net::LinkObserver {
 public:
  // ASSUMED: octets received and not yet read, per socket (at-reference 8); beyond, the TCP window closes.
  static constexpr std::size_t kReceiveBuffer = 32768;

  /// What becomes of received data: fetched by a command or pushed as a URC, or passed through in transparent mode.
  enum class Delivery { buffered, transparent };

  struct Target {
    net::Transport transport = net::Transport::tcp;
    std::string host;         ///< name or dotted address, as the TE gave it
    std::string looked_up{};  ///< in the place of `host`, when that name leads elsewhere
    std::uint16_t port = 0;
    Duration timeout{};  ///< from the command until it must be connected
    Delivery delivery = Delivery::buffered;
    std::size_t receive_buffer = kReceiveBuffer;
  };

  enum class Outcome { connected, failed };

  /// How far it had come when it failed or broke, and what the network said; without an error a time-out, or the word
  /// of TLS.
  struct Failure {
    enum class Step { resolving, connecting, open };
    Step step = Step::resolving;
    std::optional<net::NetError> error{};
  };

  /// One packet that arrived, and what then waits to be read: AT+QINDI=2.
  struct Packet {
    std::size_t waiting = 0;  ///< packets
    std::size_t length = 0;   ///< of this one
    std::size_t octets = 0;   ///< of all that wait
  };

  /// All come from the Timeline. `opened` comes exactly once; `arrived` each time an empty receive buffer got data;
  /// `ended` at most once, after a successful `opened`: the peer closed or the connection broke. A callback may destroy
  /// the stream.
  struct Callbacks {
    std::function<void(Outcome)> opened;
    std::function<void()> arrived;
    std::function<void(Packet)> packet;  ///< every packet, also when others wait
    std::function<void()> ended;
    std::function<void()> writable;
  };

  struct Surroundings {
    Timeline& timeline;
    net::Bearer& bearer;
    Logger log;
  };

  Stream(Surroundings surroundings, Target target, Callbacks callbacks);
  virtual ~Stream() { *alive_ = false; }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Resolves the host and connects.
  void open();
  /// Takes a connection that `peer` made, in server mode.
  void adopt(net::Endpoint peer, const net::ListenObserver::Accept& accept);
  /// Ends it in order from this side; no callback comes any more.
  virtual void close();
  /// The same, but the link stays until the peer has what was sent, at most for ten seconds: SocketState::closing.
  /// `closed` comes then; it may destroy the connection. False, and nothing is done, when nothing waits.
  bool close_after_sending(std::function<void()> closed);
  /// Gives up a connection that is still being opened, or tells that it broke: `opened(failed)` or `ended` follows.
  /// The reason is for the log; empty when it is there already.
  void fail(std::string_view reason, std::optional<net::NetError> error = std::nullopt);

  virtual bool secure() const = 0;
  /// The TLS session of a secure socket, else null.
  virtual const tls::ClientSession* session() const { return nullptr; }
  /// Why it failed or ended, as far as it is known.
  const std::string& reason() const { return reason_; }
  const Failure& failure() const { return failure_; }
  SocketState state() const { return state_; }
  bool live() const { return state_ == SocketState::connecting || state_ == SocketState::connected; }
  /// `Callbacks::opened` is still to come, though it may be clear already what it will say.
  bool awaits_result() const { return !result_told_; }
  const Target& target() const { return target_; }
  net::Transport transport() const { return target_.transport; }
  /// The numeric peer, once the name is resolved.
  std::optional<net::Endpoint> peer() const { return peer_; }

  /// All of `data` or nothing.
  virtual SendResult send(ByteSpan data) = 0;
  /// As much of `data` as there is room for, and how much that was; `Callbacks::writable` tells when to go on.
  virtual std::size_t send_some(ByteSpan data) = 0;
  /// Nothing that was accepted still waits on this side of the link.
  virtual bool all_sent() const = 0;

  /// Up to `most` octets, oldest first; of UDP never more than one datagram. Stays possible after the peer has closed.
  Bytes receive(std::size_t most);
  std::size_t available() const { return received_.size() - taken_; }
  virtual SendCount send_count() const = 0;

 protected:
  /// The link is up.
  virtual void link_ready() = 0;
  /// There may be more to move into the receive buffer.
  virtual void refill() = 0;
  /// The link ended; `error` as in LinkObserver.
  virtual void link_ended(std::optional<net::NetError> error) = 0;
  /// The TE closes: what is to be said to the peer before the link goes.
  virtual void say_goodbye() {}

  bool has_room() const { return available() < target_.receive_buffer; }
  void buffer(ByteSpan data);
  void become_connected();
  /// What is open is being opened anew, for something more: `opened` comes once more, within the target's time.
  void reopen();
  void end();

  net::Link* link() { return link_.get(); }
  const net::Link* link() const { return link_.get(); }
  Timeline& timeline() { return surroundings_.timeline; }
  const Logger& log() const { return surroundings_.log; }
  void notify_writable() { later(callbacks_.writable); }

 private:
  void resolved(const net::Bearer::Addresses& addresses);
  void link_connected() final { link_ready(); }
  void link_closed(std::optional<net::NetError> error) final {
    state_ == SocketState::closing ? end() : link_ended(error);
  }
  void conclude_opening(Outcome outcome);
  void drop_link();
  bool sent_to_peer() const;
  void await_sent();
  /// Callbacks may destroy this object, so they run from an entry of their own.
  void later(const std::function<void()>& callback);

  Surroundings surroundings_;
  Target target_;
  Callbacks callbacks_;
  SocketState state_ = SocketState::connecting;
  std::optional<net::Endpoint> peer_;
  std::unique_ptr<net::Operation> resolving_;
  std::unique_ptr<net::Link> link_;
  Timer timeout_;
  Instant closing_until_{};
  void note_packets(std::size_t size);
  void forget_packets(std::size_t size);

  Bytes received_;
  std::deque<std::size_t> packets_;  ///< sizes of what waits in received_
  std::size_t taken_ = 0;
  bool paused_ = false;
  std::string reason_;
  Failure failure_;
  bool result_told_ = false;
  /// Callbacks still under way find out that the connection was closed meanwhile.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quasimodem::device
