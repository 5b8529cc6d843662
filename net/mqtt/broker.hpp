// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "core/timeline.hpp"
#include "net/mqtt/packets.hpp"
#include "net/peer_session.hpp"

namespace quasimodem::net::mqtt {

/// A small broker for tests, transcripts and demos: subscriptions with wildcards, retained messages, wills, QoS 0–2
/// both ways, kept sessions. Bytes of one client go through the PeerSession that `accept` gives; the broker must
/// outlive them. As MQTT 3.1.1 asks, it sends nothing again on the same connection.
///
/// What it keeps is bounded; what does not fit any more is dropped, and the log says so.
class Broker {
 public:
  static constexpr std::size_t kMostPacket = 65536;  ///< bytes behind the fixed header
  static constexpr std::size_t kMostOutgoing =
      262144;  ///< bytes waiting for a client; messages of QoS 0 beyond are dropped
  static constexpr std::size_t kMostUnanswered = 20;  ///< messages of QoS 1 and 2 under way to a client; others queue
  static constexpr std::size_t kMostQueued = 100;     ///< of those, for each client
  static constexpr std::size_t kMostRetained = 1000;
  static constexpr std::size_t kMostSessions = 1000;
  static constexpr std::size_t kMostSubscriptions = 1000;  ///< of each client; more are refused with 0x80
  /// ASSUMED: how long a client may be silent before its CONNECT.
  static constexpr Duration kConnectTime = 20s;

  static constexpr auto kAlways = std::numeric_limits<std::size_t>::max();

  /// What it does wrong on purpose.
  struct Manners {
    std::optional<ConnectCode> connect_code{};    ///< the answer to every CONNECT; then it closes
    std::optional<std::size_t> hangs_up_after{};  ///< with so many packets from a client
    std::map<PacketType, std::size_t> ignored{};  ///< so many packets of a type are as if they had never come
    /// With so many PUBLISH from a client, the last one answered; 0: when it has connected.
    std::optional<std::size_t> hangs_up_after_messages{};
    bool never_acknowledges = false;     ///< messages of QoS 1 and 2; they are passed on all the same
    bool refuses_subscriptions = false;  ///< with 0x80
  };

  struct Settings {
    std::map<std::string, std::string> users{};  ///< and their passwords; none: everybody is welcome
    Manners manners{};
  };

  Broker(Timeline& timeline, Settings settings, Logger log);
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  /// Its side of one more connection.
  std::unique_ptr<PeerSession> accept();

  void behave(Manners manners) { settings_.manners = std::move(manners); }
  /// Another client publishes; `dup` and `id` say nothing.
  void publish(const Publish& message);
  /// Closes a client's connection without a word, and publishes its will. False when there is none.
  bool close(std::string_view client_id);

  /// Who is connected now.
  std::vector<std::string> clients() const;
  /// Every message that somebody published, wills included, once each.
  std::function<void(const Publish&)> on_published;

 private:
  class Connection;
  struct Session;
  using SessionPointer = std::shared_ptr<Session>;

  bool admits(const Connect& packet) const;
  bool ignores(PacketType type);
  /// The session of a client that is now connected by `connection`, and whether it was there before.
  std::pair<SessionPointer, bool> enter(const Connect& packet, const std::string& client_id, Connection& connection);
  void leave(const SessionPointer& session);
  void route(const Publish& message);
  void retain(const Publish& message);
  void send_retained(Session& session, const Subscription& subscription);
  void deliver(Session& session, Publish message);
  void fill(Session& session);
  /// Tells whoever carries the bytes of these connections, except of the one whose call this is.
  void wake(const Connection* except);

  Timeline& timeline_;
  Settings settings_;
  Logger log_;
  std::map<std::string, SessionPointer, std::less<>> sessions_;
  std::map<std::string, Publish> retained_;
  std::set<Connection*> to_wake_;
  std::size_t names_given_ = 0;
};

}  // namespace quasimodem::net::mqtt
