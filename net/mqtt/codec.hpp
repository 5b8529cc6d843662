// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "net/mqtt/packets.hpp"

namespace quasimodem::net::mqtt {

/// Why bytes are no packet that a peer may send: one sentence for a log line. The connection cannot go on.
struct Malformed {
  std::string what;
};

/// Finds the packets in one direction of a connection, however the stream is cut. Holds at most one, of at most as many
/// bytes as its owner allows: a longer one is known by its fixed header and is an error before anything of it is kept.
class PacketReader {
 public:
  /// `most`: bytes of a packet behind its fixed header.
  explicit PacketReader(std::size_t most) : most_{most} {}

  /// Which rules for the flags: 3.1 allows DUP where 3.1.1 does not. Until it is said, those of 3.1.1.
  void speak(Version version) { version_ = version; }

  /// Takes bytes away from the front of `bytes` until a packet is whole or they are used up. After an error it takes
  /// nothing any more.
  tl::expected<std::optional<Packet>, Malformed> take(ByteSpan& bytes);

  /// Memory for a packet that is not yet whole.
  std::size_t held() const { return body_.capacity(); }
  /// Forgets what it holds: another connection.
  void restart();

 private:
  tl::expected<void, Malformed> take_header(ByteSpan& bytes);
  tl::expected<std::optional<Packet>, Malformed> finish(ByteSpan body);

  std::size_t most_;
  Version version_ = Version::v3_1_1;
  std::size_t header_ = 0;  ///< bytes of the fixed header that were there
  bool header_complete_ = false;
  std::uint8_t first_ = 0;
  std::size_t length_ = 0;
  Bytes body_;
  std::optional<Malformed> broken_;
};

/// Appends the packet's bytes. Texts and messages are at most 65,535 bytes long, a payload at most 256 MB; whoever
/// fills the packet has seen to that.
void write(Bytes& to, const Connect& packet);
void write(Bytes& to, const ConnAck& packet);
void write(Bytes& to, const Publish& packet);
void write(Bytes& to, const PubRel& packet);
void write(Bytes& to, const Subscribe& packet);
void write(Bytes& to, const SubAck& packet);
void write(Bytes& to, const Unsubscribe& packet);
void write_answer(Bytes& to, PacketType type, PacketId id);
void write_signal(Bytes& to, PacketType type);

template <PacketType Type>
void write(Bytes& to, const Answer<Type>& packet) {
  write_answer(to, Type, packet.id);
}
template <PacketType Type>
void write(Bytes& to, const Signal<Type>&) {
  write_signal(to, Type);
}
void write(Bytes& to, const Packet& packet);

/// The topic of a written PUBLISH.
std::string_view topic_of(ByteSpan publish);

/// Marks a written PUBLISH (or, in 3.1, what else is sent again) as sent before.
void set_dup(Bytes& packet);

}  // namespace quasimodem::net::mqtt
