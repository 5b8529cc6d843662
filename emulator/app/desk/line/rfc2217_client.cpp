// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/line/rfc2217_client.hpp"

#include <array>
#include <utility>

namespace quasimodem::app {
namespace {

constexpr std::uint8_t kSetBaudRate = 1;
constexpr std::uint8_t kSetDataSize = 2;
constexpr std::uint8_t kSetParity = 3;
constexpr std::uint8_t kSetStopSize = 4;
constexpr std::uint8_t kSetControl = 5;
constexpr std::uint8_t kSetModemStateMask = 11;
constexpr std::uint8_t kModemState = 107;  // from the server

constexpr std::uint8_t kBreakOn = 5, kBreakOff = 6, kDtrOn = 8, kDtrOff = 9, kRtsOn = 11, kRtsOff = 12;
constexpr std::uint8_t kEightBits = 8, kNoParity = 1, kOneStopBit = 1;
constexpr std::uint8_t kDcd = 0x80, kRi = 0x40, kDsr = 0x20, kCts = 0x10;

}  // namespace

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
  const auto rate = static_cast<std::uint32_t>(baud);
  const std::array<std::uint8_t, 4> value{static_cast<std::uint8_t>(rate >> 24), static_cast<std::uint8_t>(rate >> 16),
                                          static_cast<std::uint8_t>(rate >> 8), static_cast<std::uint8_t>(rate)};
  command(kSetBaudRate, value);
}

void Rfc2217Client::set_lines(const TerminalLines& lines) {
  const bool breaks = lines.sending_break != lines_.sending_break;
  lines_ = lines;
  if (!agreed_) return;
  show_lines();
  if (breaks) command(kSetControl, lines.sending_break ? kBreakOn : kBreakOff);
}

void Rfc2217Client::show_lines() {
  command(kSetControl, lines_.dtr ? kDtrOn : kDtrOff);
  command(kSetControl, lines_.rts ? kRtsOn : kRtsOff);
}

void Rfc2217Client::command(std::uint8_t name, ByteSpan value) {
  Bytes message{name};
  append(message, value);
  telnet_.send_subnegotiation(Telnet::kComPort, message);
}

void Rfc2217Client::subnegotiation(ByteSpan message) {
  if (message.size() < 2 || message[0] != kModemState) return;
  const auto state = message[1];
  events_.lines_changed(
      {.cts = (state & kCts) != 0, .dsr = (state & kDsr) != 0, .dcd = (state & kDcd) != 0, .ri = (state & kRi) != 0});
}

}  // namespace quasimodem::app
