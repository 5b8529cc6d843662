// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "core/bytes.hpp"
#include "emulator/app/host/ports/port.hpp"
#include "emulator/app/host/ports/rfc2217/telnet.hpp"

namespace quasimodem::app {

/// The client's end of RFC 2217, whatever carries its bytes: data, rate and lines of a serial port elsewhere.
class Rfc2217Client {
 public:
  struct Events {
    std::function<void(ByteSpan)> data;
    std::function<void(ByteSpan)> send;  ///< over the connection, as it is
    std::function<void(const ModuleLines&)> lines_changed = [](const ModuleLines&) {};
  };

  /// Greets the server; 8N1, `baud`, DTR and RTS on once it agrees.
  Rfc2217Client(Events events, int baud);
  // The telnet layer calls back.
  Rfc2217Client(const Rfc2217Client&) = delete;
  Rfc2217Client& operator=(const Rfc2217Client&) = delete;

  void receive(ByteSpan bytes) { telnet_.receive(bytes); }
  void write(ByteSpan data) { events_.send(Telnet::escape(data)); }
  void set_baud(int baud);
  void set_lines(const TerminalLines& lines);

 private:
  void agreed();
  void command(std::uint8_t name, ByteSpan value);
  void command(std::uint8_t name, std::uint8_t value) { command(name, ByteSpan{&value, 1}); }
  void show_lines();
  void subnegotiation(ByteSpan message);

  Events events_;
  Telnet telnet_;
  TerminalLines lines_;
  int baud_;
  bool agreed_ = false;
};

}  // namespace quasimodem::app
