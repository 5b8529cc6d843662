// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <utility>

#include "core/bytes.hpp"

namespace quasimodem::app {

/// One end of a telnet connection, mostly the server's (RFC 854, 855): data and commands apart, options agreed on,
/// subnegotiations collected. Holds no more than one subnegotiation of bounded length, whatever comes.
class Telnet {
 public:
  // Options.
  static constexpr std::uint8_t kBinary = 0;
  static constexpr std::uint8_t kEcho = 1;
  static constexpr std::uint8_t kSuppressGoAhead = 3;
  static constexpr std::uint8_t kComPort = 44;

  struct Events {
    std::function<void(ByteSpan)> data;
    std::function<void(ByteSpan)> send;  ///< bytes for the client, escaped already
    std::function<void(std::uint8_t option, ByteSpan)> subnegotiation;
    std::function<void(std::uint8_t option)> enabled;  ///< one of ours or of the client's
    std::function<void()> broke;                       ///< the BREAK key of a client without COM-PORT
    std::function<void(const char* what)> refused;     ///< nonsense, for the log
  };

  explicit Telnet(Events events) : events_{std::move(events)} {}

  /// Offers our options and asks for the other side's.
  enum class End { server, client };
  void start(End end = End::server);
  void receive(ByteSpan bytes);
  /// Data as it goes over the connection: every 0xFF twice. In binary mode or not: what the module says is never text
  /// with its line ends changed.
  static Bytes escape(ByteSpan data);
  void send_subnegotiation(std::uint8_t option, ByteSpan parameters);

  /// The client uses the option, said or unsaid.
  void take_for_granted(std::uint8_t option);
  bool client_does(std::uint8_t option) const { return theirs_[option] == Side::on; }

 private:
  enum class Where { data, after_return, command, option, subnegotiation, subnegotiation_command };
  /// RFC 1143 in short: one request is under way at most, and its answer is not answered again.
  enum class Side : std::uint8_t { off, asked, on };

  void take(std::uint8_t byte, Bytes& data);
  void take_data(std::uint8_t byte, Bytes& data);
  void take_command(std::uint8_t byte);
  void take_option(std::uint8_t option);
  void take_subnegotiation(std::uint8_t byte);
  void end_subnegotiation();
  void agree(Side& side, std::uint8_t option, std::uint8_t yes);
  void disagree(Side& side, std::uint8_t option, std::uint8_t no);
  void ask(Side& side, std::uint8_t verb, std::uint8_t option);
  void send(std::uint8_t verb, std::uint8_t option);

  Events events_;
  Where where_ = Where::data;
  std::uint8_t verb_ = 0;
  Bytes collected_;
  bool too_long_ = false;
  std::array<Side, 256> ours_{};
  std::array<Side, 256> theirs_{};
};

}  // namespace quasimodem::app
