// SPDX-License-Identifier: Apache-2.0
#include "net/mqtt/codec.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "core/big_endian.hpp"
#include "net/mqtt/topic.hpp"

namespace quasimodem::net::mqtt {

namespace {

// The lower half of the first byte (3.1.1 2.2.2).
constexpr std::uint8_t kDup = 0x08;
constexpr std::uint8_t kRetain = 0x01;
constexpr std::uint8_t kRequest = 0x02;  ///< of PUBREL, SUBSCRIBE and UNSUBSCRIBE; in 3.1 it is their QoS

// The flags of CONNECT (3.1.1 3.1.2.3).
constexpr std::uint8_t kUser = 0x80;
constexpr std::uint8_t kPassword = 0x40;
constexpr std::uint8_t kWillRetain = 0x20;
constexpr std::uint8_t kWill = 0x04;
constexpr std::uint8_t kClean = 0x02;
constexpr std::uint8_t kReserved = 0x01;
constexpr unsigned kWillQosShift = 3;

constexpr std::size_t kFixedHeader = 5;  ///< at most: a type and four digits of the remaining length
constexpr std::uint8_t kMoreDigits = 0x80;

std::string_view protocol_name(Version version) { return version == Version::v3_1 ? "MQIsdp" : "MQTT"; }

/// The length of the UTF-8 character that `text` begins with; 0 when it is none that MQTT allows (3.1.1 1.5.3: no NUL,
/// no surrogates; and nothing that is written longer than it must be).
std::size_t utf8_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto first = byte(0);
  if (first < 0x80) return first == 0 ? 0 : 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  const bool too_long = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool surrogate = first == 0xED && byte(1) >= 0xA0;
  const bool beyond = first == 0xF4 && byte(1) >= 0x90;
  return too_long || surrogate || beyond ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Takes fields away from a packet's body. The first that is wrong says so in `wrong`, and all further ones are empty:
/// one look at the end is enough.
class Fields {
 public:
  Fields(PacketType type, ByteSpan body) : type_{type}, rest_{body} {}

  bool empty() const { return rest_.empty(); }
  bool wrong() const { return wrong_.has_value(); }
  void reject(std::string_view what) {
    if (!wrong_) wrong_ = Malformed{fmt::format("{}: {}", name(type_), what)};
    rest_ = {};
  }

  std::uint8_t byte() { return take<std::uint8_t>(); }
  std::uint16_t number() { return take<std::uint16_t>(); }

  ByteSpan binary() {
    const auto length = number();
    if (length <= rest_.size()) return front(length);
    reject("a field is longer than the packet");
    return {};
  }
  std::string text() {
    const auto bytes = binary();
    if (!is_utf8(as_text(bytes))) reject("a text is not UTF-8");
    return to_text(bytes);
  }
  std::string topic() {
    auto text = this->text();
    if (!wrong() && !is_topic(text)) reject("a topic that nothing can be published to");
    return text;
  }
  std::string filter() {
    auto text = this->text();
    if (!wrong() && !is_filter(text)) reject("a topic filter that cannot be");
    return text;
  }
  PacketId id() {
    const auto id = number();
    if (id == 0) reject("packet identifier 0");
    return id;
  }
  Qos qos(unsigned number) {
    if (number > 2) reject("a QoS above 2");
    return static_cast<Qos>(number & 3U);
  }
  ByteSpan remaining() { return front(rest_.size()); }

  /// The packet, if all of it was right and nothing is left.
  template <class Result>
  tl::expected<std::optional<Packet>, Malformed> whole(Result packet) {
    if (!empty()) reject("more bytes than it has fields");
    if (wrong_) return tl::unexpected{*std::move(wrong_)};
    return Packet{std::move(packet)};
  }

 private:
  ByteSpan front(std::size_t count) {
    const auto bytes = rest_.first(count);
    rest_ = rest_.subspan(count);
    return bytes;
  }
  template <class Number>
  Number take() {
    if (rest_.size() < sizeof(Number)) {
      reject("it ends too early");
      return 0;
    }
    return get_be<Number>(front(sizeof(Number)));
  }

  PacketType type_;
  ByteSpan rest_;
  std::optional<Malformed> wrong_;
};

using Result = tl::expected<std::optional<Packet>, Malformed>;

Version read_version(Fields& in) {
  const auto protocol = in.text();
  const auto version = Version{in.byte()};
  const bool ours = protocol == protocol_name(Version::v3_1) || protocol == protocol_name(Version::v3_1_1);
  if (!ours) in.reject("another protocol");
  if (known(version) && protocol != protocol_name(version)) in.reject("a protocol name of another version");
  return version;
}

void read_credentials(Fields& in, std::uint8_t flags, Connect& packet) {
  if ((flags & kPassword) && !(flags & kUser)) in.reject("a password without a user");
  if (flags & kUser) packet.user = in.text();
  if (!(flags & kPassword)) return;
  const auto password = in.binary();
  packet.password.emplace(password.begin(), password.end());
}

void read_will(Fields& in, std::uint8_t flags, Connect& packet) {
  const auto qos = in.qos((flags >> kWillQosShift) & 3U);
  const bool retain = flags & kWillRetain;
  if (!(flags & kWill)) {
    if (qos != Qos::at_most_once || retain) in.reject("flags of a will, and no will");
    return;
  }
  packet.will = Will{.topic = in.topic(), .message = {}, .qos = qos, .retain = retain};
  const auto message = in.binary();
  packet.will->message.assign(message.begin(), message.end());
}

Result read_connect(Fields in) {
  Connect packet{.version = read_version(in), .client_id = {}, .will = {}, .user = {}, .password = {}};
  if (!known(packet.version)) {
    in.remaining();
    return in.whole(std::move(packet));
  }
  const auto flags = in.byte();
  if (flags & kReserved) in.reject("a reserved flag");
  packet.clean_session = flags & kClean;
  packet.keep_alive_s = in.number();
  packet.client_id = in.text();
  read_will(in, flags, packet);
  read_credentials(in, flags, packet);
  return in.whole(std::move(packet));
}

Result read_connack(Fields in, Version version) {
  const auto flags = in.byte();
  const auto code = ConnectCode{in.byte()};
  if (version == Version::v3_1) return in.whole(ConnAck{.code = code});  // that byte is reserved, whatever is in it
  if (flags > 1) in.reject("a reserved flag");
  return in.whole(ConnAck{.session_present = flags == 1, .code = code});
}

Result read_publish(Fields in, std::uint8_t flags) {
  Publish packet{.topic = {},
                 .payload = {},
                 .qos = in.qos((flags >> 1U) & 3U),
                 .retain = (flags & kRetain) != 0,
                 .dup = (flags & kDup) != 0};
  packet.topic = in.topic();
  if (packet.qos != Qos::at_most_once) packet.id = in.id();
  const auto payload = in.remaining();
  packet.payload.assign(payload.begin(), payload.end());
  return in.whole(std::move(packet));
}

Result read_subscribe(Fields in, bool dup) {
  Subscribe packet{.id = in.id(), .subscriptions = {}, .dup = dup};
  if (in.empty()) in.reject("no topic");
  while (!in.empty()) {
    auto filter = in.filter();
    packet.subscriptions.push_back({.filter = std::move(filter), .qos = in.qos(in.byte())});
  }
  return in.whole(std::move(packet));
}

Result read_suback(Fields in) {
  SubAck packet{.id = in.id(), .granted = {}};
  if (in.empty()) in.reject("no result");
  while (!in.empty()) {
    const auto result = in.byte();
    if (result > 2 && result != kSubscriptionRefused) in.reject("a result that is neither a QoS nor a refusal");
    packet.granted.push_back(result);
  }
  return in.whole(std::move(packet));
}

Result read_unsubscribe(Fields in, bool dup) {
  Unsubscribe packet{.id = in.id(), .filters = {}, .dup = dup};
  if (in.empty()) in.reject("no topic");
  while (!in.empty()) packet.filters.push_back(in.filter());
  return in.whole(std::move(packet));
}

template <class What>
Result read_answer(Fields in) {
  return in.whole(What{.id = in.id()});
}

Result read_pubrel(Fields in, bool dup) { return in.whole(PubRel{.id = in.id(), .dup = dup}); }

template <class What>
Result read_signal(Fields in) {
  return in.whole(What{});
}

bool may_be_sent_again(PacketType type) {
  return type == PacketType::pubrel || type == PacketType::subscribe || type == PacketType::unsubscribe;
}

/// PUBLISH has flags of its own; for all others they are fixed.
bool flags_are_right(PacketType type, std::uint8_t flags, Version version) {
  if (type == PacketType::publish) return true;
  if (!may_be_sent_again(type)) return flags == 0;
  return flags == kRequest || (version == Version::v3_1 && flags == (kRequest | kDup));
}

/// What is wrong with a packet's first byte: nobody waits for the rest of what is no MQTT at all.
std::optional<std::string> wrong_start(std::uint8_t byte, Version version) {
  const auto type = static_cast<PacketType>(byte >> 4U);
  const auto flags = static_cast<std::uint8_t>(byte & 0x0FU);
  if (type < PacketType::connect || type > PacketType::disconnect) return "a packet type that is none";
  if (flags_are_right(type, flags, version)) return std::nullopt;
  return fmt::format("{} with flags {:#x}", name(type), flags);
}

Result read_body(PacketType type, std::uint8_t flags, ByteSpan body, Version version) {
  const Fields in{type, body};
  const bool dup = flags & kDup;
  switch (type) {
    case PacketType::connect: return read_connect(in);
    case PacketType::connack: return read_connack(in, version);
    case PacketType::publish: return read_publish(in, flags);
    case PacketType::puback: return read_answer<PubAck>(in);
    case PacketType::pubrec: return read_answer<PubRec>(in);
    case PacketType::pubrel: return read_pubrel(in, dup);
    case PacketType::pubcomp: return read_answer<PubComp>(in);
    case PacketType::subscribe: return read_subscribe(in, dup);
    case PacketType::suback: return read_suback(in);
    case PacketType::unsubscribe: return read_unsubscribe(in, dup);
    case PacketType::unsuback: return read_answer<UnsubAck>(in);
    case PacketType::pingreq: return read_signal<PingReq>(in);
    case PacketType::pingresp: return read_signal<PingResp>(in);
    case PacketType::disconnect: return read_signal<Disconnect>(in);
  }
  return std::nullopt;  // wrong_start knows no other
}

void write_header(Bytes& to, PacketType type, unsigned flags, std::size_t length) {
  to.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4U | flags));
  do {
    const auto digit = static_cast<std::uint8_t>(length % kMoreDigits);
    length /= kMoreDigits;
    to.push_back(length > 0 ? digit | kMoreDigits : digit);
  } while (length > 0);
}

void write_number(Bytes& to, std::uint16_t number) { append(to, to_be(number)); }

void write_field(Bytes& to, ByteSpan bytes) {
  write_number(to, static_cast<std::uint16_t>(bytes.size()));
  append(to, bytes);
}
void write_field(Bytes& to, std::string_view text) { write_field(to, as_bytes(text)); }

std::size_t field_size(std::size_t size) { return sizeof(std::uint16_t) + size; }

unsigned dup_flag(bool dup) { return dup ? kDup : 0U; }

unsigned connect_flags(const Connect& packet) {
  unsigned flags = 0;
  if (packet.user) flags |= kUser;
  if (packet.password) flags |= kPassword;
  if (packet.clean_session) flags |= kClean;
  if (!packet.will) return flags;
  flags |= kWill | static_cast<unsigned>(packet.will->qos) << kWillQosShift;
  if (packet.will->retain) flags |= kWillRetain;
  return flags;
}

std::size_t publish_length(const Publish& packet) {
  const std::size_t id = packet.qos == Qos::at_most_once ? 0 : sizeof(PacketId);
  return field_size(packet.topic.size()) + id + packet.payload.size();
}

}  // namespace

std::string_view name(PacketType type) {
  switch (type) {
    case PacketType::connect: return "CONNECT";
    case PacketType::connack: return "CONNACK";
    case PacketType::publish: return "PUBLISH";
    case PacketType::puback: return "PUBACK";
    case PacketType::pubrec: return "PUBREC";
    case PacketType::pubrel: return "PUBREL";
    case PacketType::pubcomp: return "PUBCOMP";
    case PacketType::subscribe: return "SUBSCRIBE";
    case PacketType::suback: return "SUBACK";
    case PacketType::unsubscribe: return "UNSUBSCRIBE";
    case PacketType::unsuback: return "UNSUBACK";
    case PacketType::pingreq: return "PINGREQ";
    case PacketType::pingresp: return "PINGRESP";
    case PacketType::disconnect: return "DISCONNECT";
  }
  return "a reserved packet type";
}

tl::expected<std::optional<Packet>, Malformed> PacketReader::take(ByteSpan& bytes) {
  if (broken_) return tl::unexpected{*broken_};
  if (!header_complete_) {
    if (const auto header = take_header(bytes); !header) return tl::unexpected{header.error()};
    if (!header_complete_) return std::nullopt;
  }
  const auto wanted = length_ - body_.size();
  const auto part = bytes.first(std::min(wanted, bytes.size()));
  bytes = bytes.subspan(part.size());
  if (part.size() == length_) return finish(part);  // nothing was kept: it is whole as it came
  body_.reserve(length_);
  append(body_, part);
  if (part.size() < wanted) return std::nullopt;
  const auto body = std::exchange(body_, {});
  return finish(body);
}

tl::expected<void, Malformed> PacketReader::take_header(ByteSpan& bytes) {
  const auto fail = [&](std::string what) {
    broken_ = Malformed{std::move(what)};
    return tl::unexpected{*broken_};
  };
  while (!header_complete_ && !bytes.empty()) {
    const auto byte = bytes.front();
    bytes = bytes.subspan(1);
    if (header_++ == 0) {
      first_ = byte;
      length_ = 0;
      if (auto wrong = wrong_start(byte, version_)) return fail(*std::move(wrong));
      continue;
    }
    const auto digit = header_ - 2;
    length_ |= static_cast<std::size_t>(byte % kMoreDigits) << (7 * digit);
    header_complete_ = byte < kMoreDigits;
    if (!header_complete_ && header_ == kFixedHeader) return fail("a remaining length of more than four bytes");
  }
  if (header_complete_ && length_ > most_) {
    const auto type = static_cast<PacketType>(first_ >> 4U);
    return fail(fmt::format("{} of {} bytes, more than the {} there is room for", name(type), length_, most_));
  }
  return {};
}

tl::expected<std::optional<Packet>, Malformed> PacketReader::finish(ByteSpan body) {
  const auto type = static_cast<PacketType>(first_ >> 4U);
  const auto flags = static_cast<std::uint8_t>(first_ & 0x0FU);
  header_ = 0;
  header_complete_ = false;
  auto result = read_body(type, flags, body, version_);
  if (!result) broken_ = result.error();
  return result;
}

void PacketReader::restart() {
  header_ = 0;
  header_complete_ = false;
  body_ = Bytes{};
  broken_.reset();
}

void write(Bytes& to, const Connect& packet) {
  const auto protocol = protocol_name(packet.version);
  auto length = field_size(protocol.size()) + 4 + field_size(packet.client_id.size());
  if (packet.will) length += field_size(packet.will->topic.size()) + field_size(packet.will->message.size());
  if (packet.user) length += field_size(packet.user->size());
  if (packet.password) length += field_size(packet.password->size());
  write_header(to, PacketType::connect, 0, length);
  write_field(to, protocol);
  to.push_back(static_cast<std::uint8_t>(packet.version));
  to.push_back(static_cast<std::uint8_t>(connect_flags(packet)));
  write_number(to, packet.keep_alive_s);
  write_field(to, packet.client_id);
  if (packet.will) {
    write_field(to, packet.will->topic);
    write_field(to, packet.will->message);
  }
  if (packet.user) write_field(to, *packet.user);
  if (packet.password) write_field(to, *packet.password);
}

void write(Bytes& to, const ConnAck& packet) {
  write_header(to, PacketType::connack, 0, 2);
  to.push_back(packet.session_present ? 1 : 0);
  to.push_back(static_cast<std::uint8_t>(packet.code));
}

void write(Bytes& to, const Publish& packet) {
  const auto flags = dup_flag(packet.dup) | static_cast<unsigned>(packet.qos) << 1U | (packet.retain ? kRetain : 0U);
  write_header(to, PacketType::publish, flags, publish_length(packet));
  write_field(to, packet.topic);
  if (packet.qos != Qos::at_most_once) write_number(to, packet.id);
  append(to, packet.payload);
}

void write(Bytes& to, const PubRel& packet) {
  write_header(to, PacketType::pubrel, kRequest | dup_flag(packet.dup), sizeof(PacketId));
  write_number(to, packet.id);
}

void write(Bytes& to, const Subscribe& packet) {
  auto length = sizeof(PacketId);
  for (const auto& subscription : packet.subscriptions) length += field_size(subscription.filter.size()) + 1;
  write_header(to, PacketType::subscribe, kRequest | dup_flag(packet.dup), length);
  write_number(to, packet.id);
  for (const auto& subscription : packet.subscriptions) {
    write_field(to, subscription.filter);
    to.push_back(static_cast<std::uint8_t>(subscription.qos));
  }
}

void write(Bytes& to, const SubAck& packet) {
  write_header(to, PacketType::suback, 0, sizeof(PacketId) + packet.granted.size());
  write_number(to, packet.id);
  append(to, packet.granted);
}

void write(Bytes& to, const Unsubscribe& packet) {
  auto length = sizeof(PacketId);
  for (const auto& filter : packet.filters) length += field_size(filter.size());
  write_header(to, PacketType::unsubscribe, kRequest | dup_flag(packet.dup), length);
  write_number(to, packet.id);
  for (const auto& filter : packet.filters) write_field(to, filter);
}

void write_answer(Bytes& to, PacketType type, PacketId id) {
  write_header(to, type, 0, sizeof(PacketId));
  write_number(to, id);
}

void write_signal(Bytes& to, PacketType type) { write_header(to, type, 0, 0); }

void write(Bytes& to, const Packet& packet) {
  std::visit([&](const auto& one) { write(to, one); }, packet);
}

std::string_view topic_of(ByteSpan publish) {
  std::size_t header = 1;
  while (publish[header++] >= kMoreDigits) {
  }
  const auto length = get_be<std::uint16_t>(publish.subspan(header));
  return as_text(publish.subspan(header + sizeof length, length));
}

void set_dup(Bytes& packet) { packet.front() |= kDup; }

}  // namespace quasimodem::net::mqtt
