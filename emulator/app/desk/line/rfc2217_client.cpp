// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/line/rfc2217_client.hpp"

#include <utility>

#include "core/big_endian.hpp"
#include "emulator/app/host/ports/rfc2217/rfc2217.hpp"

namespace quasimodem::app {
Rfc2217Client::Rfc2217Client(Events events, int baud)
    : events_{std::move(events)},
      telnet_{Telnet::Events{
          .data = [this](ByteSpan bytes) { events_.data(bytes); },
          .send = [this](ByteSpan bytes) { events_.send(bytes); },
          .subnegotiation =
              [this](std::uint8_t option, ByteSpan message) {
                if (option == Telnet::kComPort) subnegotiation(message);
              },
          .enabled =
              [this](std::uint8_t option) {
                if (option == Telnet::kComPort && !std::exchange(agreed_, true)) agreed();
              },
          .broke = [] {},
          .refused = [](const char*) {},
      }},
      baud_{baud} {
  telnet_.start(Telnet::End::client);
}

void Rfc2217Client::agreed() {
  using namespace rfc2217;
  set_baud(baud_);
  command(kSetDataSize, kEightBits);
  command(kSetParity, kNoParity);
  command(kSetStopSize, kOneStopBit);
  command(kSetModemStateMask, kDcd | kRi | kDsr | kCts);
  show_lines();
}

void Rfc2217Client::set_baud(int baud) {
  baud_ = baud;
  if (!agreed_) return;
  command(rfc2217::kSetBaudRate, to_be(static_cast<std::uint32_t>(baud)));
}

void Rfc2217Client::set_lines(const TerminalLines& lines) {
  using namespace rfc2217;
  const bool breaks = lines.sending_break != lines_.sending_break;
  lines_ = lines;
  if (!agreed_) return;
  show_lines();
  if (breaks) command(kSetControl, lines.sending_break ? kBreakOn : kBreakOff);
}

void Rfc2217Client::show_lines() {
  using namespace rfc2217;
  command(kSetControl, lines_.dtr ? kDtrOn : kDtrOff);
  command(kSetControl, lines_.rts ? kRtsOn : kRtsOff);
}

void Rfc2217Client::command(std::uint8_t name, ByteSpan value) {
  Bytes message{name};
  append(message, value);
  telnet_.send_subnegotiation(Telnet::kComPort, message);
}

void Rfc2217Client::subnegotiation(ByteSpan message) {
  using namespace rfc2217;
  if (message.size() < 2 || message[0] != kNotifyModemState + kAnswer) return;
  const auto state = message[1];
  events_.lines_changed(
      {.cts = (state & kCts) != 0, .dsr = (state & kDsr) != 0, .dcd = (state & kDcd) != 0, .ri = (state & kRi) != 0});
}

}  // namespace quasimodem::app
