// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/bytes.hpp"
#include "emulator/app/peer/fault.hpp"
#include "net/peer_session.hpp"

namespace quasimodem::app {

/// What a server does on one connection, and what goes wrong.
struct Script {
  std::unique_ptr<net::PeerSession> service;
  std::optional<Fault> fault{};
};

/// A server's side of one connection: bytes in, bytes out, no socket. Whoever carries the bytes sends what
/// `take_outgoing` gives until it gives nothing, and then does what `wish` says.
class Conversation {
 public:
  enum class Wish {
    go_on,  ///< read on if `wants_input`
    stall,  ///< neither read nor send, until the client leaves
    end,    ///< end the stream in order
    cut,    ///< reset the connection
  };

  explicit Conversation(Script script) : script_{std::move(script)} {}
  virtual ~Conversation() = default;
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// The client has connected.
  virtual void start() = 0;
  virtual void receive(ByteSpan bytes) = 0;
  /// The client ended its stream.
  virtual void input_ended() = 0;
  /// The connection is gone. Only for `summary`.
  void gone(const std::string& how) {
    if (ending_.empty()) ending_ = how;
  }

  /// False while the service waits for the client to read: whoever carries the bytes reads no more meanwhile.
  virtual bool wants_input() const = 0;
  virtual Bytes take_outgoing() = 0;
  Wish wish() const { return wish_; }
  /// The service has something to say though nothing was received.
  void when_outgoing(std::function<void()> call) { script_.service->on_outgoing = std::move(call); }

  /// One line about the connection: what was agreed, how much came and went, how it ended.
  std::string summary() const;

 protected:
  bool faulty_at(FaultStep step) const { return script_.fault && script_.fault->step == step; }
  void end(Wish wish, std::string how);
  /// Does what every stream can do wrong.
  void commit_fault();
  virtual void send_alert(std::uint8_t) {}
  virtual void send_raw(ByteSpan bytes) = 0;
  virtual std::string agreement() const { return {}; }

  Script script_;
  net::PeerSession& service() { return *script_.service; }
  const net::PeerSession& service() const { return *script_.service; }

  std::size_t received_ = 0;  ///< payload
  std::size_t sent_ = 0;      ///< the same, without the greeting: that is no answer
  /// What the service says first.
  Bytes greeting();
  void note_sent(std::size_t count);

 private:
  std::size_t greeting_ = 0;  ///< octets of it that have not gone
  Wish wish_ = Wish::go_on;
  std::string ending_;
};

/// A service on a plain stream. Its faults are at `accept` and `data`.
class PlainConversation final : public Conversation {
 public:
  using Conversation::Conversation;

  void start() override;
  void receive(ByteSpan bytes) override;
  void input_ended() override;
  bool wants_input() const override;
  Bytes take_outgoing() override;

 private:
  void send_raw(ByteSpan bytes) override { append(raw_, bytes); }

  Bytes first_;  ///< the greeting
  Bytes raw_;
};

}  // namespace quasimodem::app
