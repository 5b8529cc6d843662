// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.hpp"

/// MQTT as OASIS wrote it down in 2014 (3.1.1) and IBM before (3.1). Both ends: the module's client, and a broker of
/// ours.
namespace quasimodem::net::mqtt {

/// The protocol level of CONNECT. A client may send any number; these two are spoken here.
enum class Version : std::uint8_t { v3_1 = 3, v3_1_1 = 4 };
inline bool known(Version version) { return version == Version::v3_1 || version == Version::v3_1_1; }

enum class Qos : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

/// In SUBACK, in the place of the QoS that was granted (3.1.1 only).
inline constexpr std::uint8_t kSubscriptionRefused = 0x80;

/// 1–65535; 0 where a packet has none.
using PacketId = std::uint16_t;

/// The upper half of a packet's first byte.
enum class PacketType : std::uint8_t {
  connect = 1,
  connack,
  publish,
  puback,
  pubrec,
  pubrel,
  pubcomp,
  subscribe,
  suback,
  unsubscribe,
  unsuback,
  pingreq,
  pingresp,
  disconnect,
};

/// `PUBLISH`, as the standard writes it.
std::string_view name(PacketType type);

/// What the broker publishes for a client that is gone without a word.
struct Will {
  std::string topic;
  Bytes message;
  Qos qos = Qos::at_most_once;
  bool retain = false;
  bool operator==(const Will&) const = default;
};

/// A level that is not `known` comes alone: what follows it may be anything.
struct Connect {
  Version version = Version::v3_1_1;
  std::string client_id;
  bool clean_session = true;
  std::uint16_t keep_alive_s = 0;  ///< 0 = off
  std::optional<Will> will;
  std::optional<std::string> user;
  std::optional<Bytes> password;  ///< never without a user
  bool operator==(const Connect&) const = default;
};

/// The codes of CONNACK. Others are possible on the wire.
enum class ConnectCode : std::uint8_t {
  accepted = 0,
  version_refused = 1,
  identifier_refused = 2,
  server_unavailable = 3,
  bad_user_or_password = 4,
  not_authorized = 5,
};

struct ConnAck {
  bool session_present = false;  ///< 3.1.1 only
  ConnectCode code = ConnectCode::accepted;
  bool operator==(const ConnAck&) const = default;
};

struct Publish {
  std::string topic;
  Bytes payload;
  Qos qos = Qos::at_most_once;
  bool retain = false;
  bool dup = false;
  PacketId id = 0;  ///< with QoS 1 and 2
  bool operator==(const Publish&) const = default;
};

/// PUBACK, PUBREC, PUBCOMP and UNSUBACK: nothing but whose answer it is.
template <PacketType Type>
struct Answer {
  static constexpr auto kType = Type;
  PacketId id = 0;
  bool operator==(const Answer&) const = default;
};
using PubAck = Answer<PacketType::puback>;
using PubRec = Answer<PacketType::pubrec>;
using PubComp = Answer<PacketType::pubcomp>;
using UnsubAck = Answer<PacketType::unsuback>;

/// `dup` here, in SUBSCRIBE and in UNSUBSCRIBE: 3.1 marks what is sent again, 3.1.1 does not.
struct PubRel {
  PacketId id = 0;
  bool dup = false;
  bool operator==(const PubRel&) const = default;
};

struct Subscription {
  std::string filter;
  Qos qos = Qos::at_most_once;
  bool operator==(const Subscription&) const = default;
};

struct Subscribe {
  PacketId id = 0;
  std::vector<Subscription> subscriptions;  ///< at least one
  bool dup = false;
  bool operator==(const Subscribe&) const = default;
};

struct SubAck {
  PacketId id = 0;
  std::vector<std::uint8_t> granted;  ///< a QoS or kSubscriptionRefused, in the order of SUBSCRIBE
  bool operator==(const SubAck&) const = default;
};

struct Unsubscribe {
  PacketId id = 0;
  std::vector<std::string> filters;  ///< at least one
  bool dup = false;
  bool operator==(const Unsubscribe&) const = default;
};

/// PINGREQ, PINGRESP and DISCONNECT: nothing at all.
template <PacketType Type>
struct Signal {
  static constexpr auto kType = Type;
  bool operator==(const Signal&) const = default;
};
using PingReq = Signal<PacketType::pingreq>;
using PingResp = Signal<PacketType::pingresp>;
using Disconnect = Signal<PacketType::disconnect>;

using Packet = std::variant<Connect, ConnAck, Publish, PubAck, PubRec, PubRel, PubComp, Subscribe, SubAck, Unsubscribe,
                            UnsubAck, PingReq, PingResp, Disconnect>;

inline PacketType type_of(const Packet& packet) { return static_cast<PacketType>(packet.index() + 1); }

}  // namespace quasimodem::net::mqtt
