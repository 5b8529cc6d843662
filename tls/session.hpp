// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "tls/cipher_suite.hpp"
#include "tls/error.hpp"

namespace quasimodem::tls {

namespace detail {
class Engine;
}

/// One end of a TLS connection between two byte queues. No socket, no clock, no thread.
///
///   feed(ciphertext) ──▶ [session] ──▶ read() plaintext
///   write(plaintext) ──▶ [session] ──▶ take_outgoing() ciphertext
///
/// After every call that may move the session on (`feed`, `end_of_input`, `read`, `write`, `close`, a client's `start`)
/// look at `state()` and send what `take_outgoing()` gives. What the peer sends is looked at in order: an end, an alert
/// or a damaged record behind unread plaintext shows in `state()` when that plaintext has been read.
///
/// Why a session failed is also written to the log, as one line.
class Session {
 public:
  enum class State {
    handshaking,
    connected,
    peer_closed,  ///< close_notify, or the stream ended; everything before it was read
    failed,       ///< see error(); an alert for the peer may be in the outgoing queue
    closed,       ///< by close()
  };

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Ciphertext from the peer, in pieces of any size.
  void feed(ByteSpan ciphertext);
  /// The transport ended: no more ciphertext will come. `how` is what the log and error() call it; an alert fed before
  /// wins over it as the reason.
  void end_of_input(std::string_view how = "the stream ended");
  /// Ciphertext fed and not yet looked at. Grows while the plaintext is not read: pause the transport by it.
  std::size_t incoming_size() const;

  /// Up to `max` bytes of plaintext; empty when there is nothing (more) to read now.
  Bytes read(std::size_t max);
  /// Plaintext that is decrypted already, at most one record. 0 = a read() now gives nothing.
  std::size_t readable() const;

  /// Encrypts all of `plaintext` and returns true, or takes nothing and returns false while more than
  /// `kOutgoingLimit` bytes of ciphertext wait to be fetched (the connection is blocked, SSL 2.2.4), while a
  /// renegotiation is going on, or when not connected. A server still answers what came before the client's
  /// close_notify.
  [[nodiscard]] bool write(ByteSpan plaintext);

  /// Ciphertext for the peer. Whole flights, so that one send carries them.
  Bytes take_outgoing();
  /// Puts back the tail of what `take_outgoing` gave and the transport did not accept.
  void put_back(ByteSpan unsent);
  std::size_t outgoing_size() const;

  /// Queues a close_notify if the handshake was done; the session is over. A failed session stays failed.
  void close();

  State state() const;
  const TlsError& error() const;  ///< meaningful in State::failed
  Version version() const;        ///< meaningful once connected
  CipherSuite suite() const;      ///< meaningful once connected
  /// `CN=…, O=…` of the certificate that the peer showed, if it did.
  std::optional<std::string> peer_subject() const;

  static constexpr std::size_t kOutgoingLimit = 16384;

 protected:
  explicit Session(std::unique_ptr<detail::Engine> engine);
  ~Session();

  const std::unique_ptr<detail::Engine> engine_;
};

}  // namespace quasimodem::tls
