// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/bytes.hpp"
#include "emulator/app/host/ports/port.hpp"
#include "emulator/app/host/ports/rfc2217/rfc2217.hpp"
#include "emulator/app/host/ports/rfc2217/telnet.hpp"

namespace quasimodem::app {

/// The access server of RFC 2217 on a telnet connection: bytes in, data, lines and replies out. A fresh one for every
/// client.
class ComPort {
 public:
  struct Events {
    std::function<void(ByteSpan)> data;
    std::function<void(ByteSpan)> send;   ///< for the client, as it goes over the connection
    std::function<void()> lines_changed;  ///< terminal_lines(), rate()
    std::function<void()> flow_changed;   ///< suspended()
    std::function<void()> purge_output;   ///< what the module wrote and the client does not have yet
    std::function<void()> purge_input;    ///< what the client wrote and the module has not heard yet
    std::function<void(const std::string& note)> note;
  };

  ComPort(Events events, ModuleLines lines);
  // The telnet layer calls back.
  ComPort(const ComPort&) = delete;
  ComPort& operator=(const ComPort&) = delete;

  void start() { telnet_.start(); }
  void receive(ByteSpan bytes) { telnet_.receive(bytes); }

  const TerminalLines& terminal_lines() const { return terminal_; }
  int rate() const { return static_cast<int>(rate_); }
  /// The client wants nothing more for now.
  bool suspended() const { return suspended_; }

  /// Tells the client, if it wants to know.
  void set_module_lines(const ModuleLines& lines);
  /// `7E1`, for the log.
  std::string framing() const;

 private:
  void subnegotiation(std::uint8_t option, ByteSpan message);
  void set_rate(ByteSpan value);
  void set_framing(std::uint8_t command, std::uint8_t& setting, std::uint8_t value, std::uint8_t lowest,
                   std::uint8_t highest);
  void set_control(std::uint8_t value);
  std::uint8_t controlled(std::uint8_t value);
  void purge(std::uint8_t what);
  void suspend(bool suspended);
  void answer(std::uint8_t command, ByteSpan value);
  void answer(std::uint8_t command, std::uint8_t value) { answer(command, ByteSpan{&value, 1}); }
  void tell_modem_state(std::uint8_t changes);
  std::uint8_t modem_state() const;

  Events events_;
  Telnet telnet_;
  TerminalLines terminal_;
  ModuleLines module_;
  std::uint32_t rate_ = 115200;
  std::uint8_t data_bits_ = rfc2217::kEightBits;
  std::uint8_t parity_ = rfc2217::kNoParity;
  std::uint8_t stop_bits_ = rfc2217::kOneStopBit;
  std::uint8_t flow_ = rfc2217::kNoFlow;
  std::uint8_t inbound_flow_ = rfc2217::kNoInboundFlow;
  std::uint8_t line_mask_ = 0;
  std::uint8_t modem_mask_ = 255;
  bool suspended_ = false;
};

}  // namespace quasimodem::app
