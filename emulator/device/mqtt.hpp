// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/journal.hpp"
#include "core/log.hpp"
#include "core/timeline.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/number_row.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "net/mqtt/client.hpp"

namespace quasimodem::device {

inline constexpr int kMqttClients = 6;  ///< independent of the sockets, which are also 0–5
// ASSUMED: the message of a will may be that long.
inline constexpr int kLongestWill = 255;

/// AT+QMTCFG of one client, until power off. What a connection needs of it is taken when it begins.
struct MqttSettings {
  bool secure = false;
  int ssl_context = 0;
  int keep_alive_s = 120;
  bool clean_session = true;
  int packet_time_s = 5;
  int retries = 3;
  bool notice = false;  ///< a line for each retransmission
  std::optional<net::mqtt::Will> will{};
  net::mqtt::Version version = net::mqtt::Version::v3_1;
  bool show_length = false;
  std::array<std::string, 3> alibaba{};  ///< taken and unused: product key, device name, device secret
};

// The numbers among them, for snapshots.
inline constexpr NumberRow<MqttSettings> kMqttRows[] = {
    number_row<&MqttSettings::secure>("secure", 0, 1),
    number_row<&MqttSettings::ssl_context>("ssl_context", 0, kSslContexts - 1),
    number_row<&MqttSettings::keep_alive_s>("keep_alive", 0, 3600),
    number_row<&MqttSettings::clean_session>("clean_session", 0, 1),
    number_row<&MqttSettings::packet_time_s>("packet_time", 1, 60),
    number_row<&MqttSettings::retries>("retries", 0, 10),
    number_row<&MqttSettings::notice>("notice", 0, 1),
    number_row<&MqttSettings::version>("version", static_cast<int>(net::mqtt::Version::v3_1),
                                       static_cast<int>(net::mqtt::Version::v3_1_1)),
    number_row<&MqttSettings::show_length>("show_length", 0, 1),
};

/// <result> of +QMTOPEN.
enum class MqttOpening {
  failed = -1,  ///< refused, not in time, TLS came to nothing
  done = 0,
  wrong_parameter = 1,  ///< an address that is none
  occupied = 2,         ///< this client has a connection
  no_context = 3,       ///< it could not be activated
  no_name = 4,
  no_network = 5,  ///< no way leads there, or the context ended meanwhile
};

/// <result> of +QMTCONN, +QMTSUB, +QMTUNS and +QMTPUB.
enum class MqttOutcome { answered = 0, sent_again = 1, failed = 2 };

/// <err> of +QMTSTAT: why a connection is over.
// ASSUMED: what makes a module say each of them, except 1 and 2.
enum class MqttEnding {
  closed = 1,                ///< by the peer, or with the context
  ping_unanswered = 2,       ///< no PINGRESP
  connect_failed = 3,        ///< the link did not take CONNECT in time
  connack_failed = 4,        ///< no CONNACK in time, or the broker refused and did not close
  closed_while_leaving = 5,  ///< the peer closed before DISCONNECT had gone out
  send_failed = 6,           ///< the link took nothing while a packet was sent again and again
  link_dead = 7,             ///< the network gave the connection up, or the peer does not speak MQTT
};

enum class MqttCommand { open, close, connect, disconnect, subscribe, unsubscribe, publish };

struct MqttBroker {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const MqttBroker&) const = default;
};

struct MqttIdentity {
  std::string client_id;
  std::optional<std::string> user;
  std::optional<std::string> password;
};

/// The six MQTT clients of AT+QMT*, each with a connection of its own that no socket index knows. What becomes of a
/// request is told by `MqttResult`, later and once; a message by `MqttReceived`; the end of a connection that the TE
/// did not end by `MqttEnded`.
class Mqtt {
 public:
  struct Surroundings {
    Timeline& timeline;
    EventSink& events;
    Logger log;
    Journal journal{};
  };
  enum class State {
    closed,
    opening,     ///< from AT+QMTOPEN until there is a link
    open,        ///< a link, and nothing said yet
    connecting,  ///< CONNECT is out
    connected,
    refused,  ///< by CONNACK; the broker is to close
    leaving,  ///< DISCONNECT waits for the link to take it
  };

  explicit Mqtt(Surroundings surroundings);
  ~Mqtt();
  Mqtt(const Mqtt&) = delete;
  Mqtt& operator=(const Mqtt&) = delete;

  // `client`: 0–5.

  MqttSettings& settings(int client);
  /// Puts settings back that were there before; connection and kept session of the client end without a word.
  void restore(int client, MqttSettings settings);
  State state(int client) const;
  /// Of the connection that there is.
  const MqttBroker& broker(int client) const;

  /// Brings the context up when it is down.
  void open(int client, PdpContext& context, const MqttBroker& broker);
  // False, and nothing is done, when the client is in no state for it; requests also when too much is under way, or the
  // identifier is in use.
  bool close(int client);
  bool connect(int client, const MqttIdentity& identity);
  bool disconnect(int client);
  bool subscribe(int client, const net::mqtt::Subscribe& request);
  bool unsubscribe(int client, const net::mqtt::Unsubscribe& request);
  bool publish(int client, const net::mqtt::Publish& message);

  /// Why a connection failed or ended last, in one line; empty when none did since the last AT+QMTOPEN.
  const std::string& failure() const { return failure_; }

  void power_off();

  // What befalls a client; none: nothing does.
  std::function<std::optional<int>(std::string_view client_id)> on_refuse;  ///< the broker refuses it, with this code
  std::function<bool(std::string_view topic)> on_drop;                      ///< a message does not reach the broker

 private:
  class Slot;

  Slot& slot(int client) const { return *slots_.at(static_cast<std::size_t>(client)); }

  Surroundings surroundings_;
  std::string failure_;
  std::array<std::unique_ptr<Slot>, kMqttClients> slots_;
};

/// `open`, `connecting` …
std::string_view name_of(Mqtt::State state);

}  // namespace quasimodem::device
