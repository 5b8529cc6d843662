// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/ports/rfc2217/com_port.hpp"

#include <utility>

#include <fmt/core.h>

#include "core/big_endian.hpp"

namespace quasimodem::app {
namespace {

// NOTIFY-LINESTATE: there is always room for the next character, and no error.
constexpr std::uint8_t kTransmitterEmpty = 0x60;

constexpr std::string_view kName = "quasimodem";

}  // namespace

ComPort::ComPort(Events events, ModuleLines lines)
    : events_{std::move(events)},
      telnet_{Telnet::Events{
          .data = [this](ByteSpan bytes) { events_.data(bytes); },
          .send = [this](ByteSpan bytes) { events_.send(bytes); },
          .subnegotiation = [this](std::uint8_t option, ByteSpan message) { subnegotiation(option, message); },
          // Clients ask for the lines before any of them changes.
          .enabled =
              [this](std::uint8_t option) {
                if (option == Telnet::kComPort && telnet_.client_does(option)) tell_modem_state(0);
              },
          .broke =
              [this] {
                for (const bool level : {true, false}) {
                  terminal_.sending_break = level;
                  events_.lines_changed();
                }
              },
          .refused = [this](const char* what) { events_.note(fmt::format("telnet: ignored {}", what)); },
      }},
      module_{lines} {}

void ComPort::subnegotiation(std::uint8_t option, ByteSpan message) {
  if (option != Telnet::kComPort || message.empty()) {
    return events_.note(fmt::format("telnet: ignored a subnegotiation of option {}", option));
  }
  using namespace rfc2217;
  telnet_.take_for_granted(option);
  const auto command = message.front();
  const auto value = message.subspan(1);
  const auto octet = value.empty() ? std::uint8_t{0} : value.front();
  switch (command) {
    case kSignature:
      if (value.empty()) return answer(command, as_bytes(kName));
      return events_.note(fmt::format("the client is {}", escaped(value)));
    case kSetBaudRate: return set_rate(value);
    case kSetDataSize: return set_framing(command, data_bits_, octet, 5, 8);
    case kSetParity: return set_framing(command, parity_, octet, 1, 5);
    case kSetStopSize: return set_framing(command, stop_bits_, octet, 1, 3);
    case kSetControl: return set_control(octet);
    case kNotifyLineState: return answer(command, kTransmitterEmpty);
    case kNotifyModemState: return tell_modem_state(0);
    case kFlowControlSuspend: return suspend(true);
    case kFlowControlResume: return suspend(false);
    case kSetLineStateMask:
      line_mask_ = octet;
      answer(command, octet);
      if (line_mask_ & kTransmitterEmpty) answer(kNotifyLineState, kTransmitterEmpty & line_mask_);
      return;
    case kSetModemStateMask:
      modem_mask_ = octet;
      answer(command, octet);
      return tell_modem_state(0);
    case kPurgeData: return purge(octet);
    default: return events_.note(fmt::format("RFC 2217: ignored the unknown command {}", command));
  }
}

void ComPort::answer(std::uint8_t command, ByteSpan value) {
  Bytes message{static_cast<std::uint8_t>(command + rfc2217::kAnswer)};
  append(message, value);
  telnet_.send_subnegotiation(Telnet::kComPort, message);
}

// ---- settings ----

/// Every request is answered with what counts from now on; 0 only asks.
void ComPort::set_rate(ByteSpan value) {
  constexpr std::uint32_t kHighest = 4'000'000;
  if (value.size() != sizeof rate_ || get_be<std::uint32_t>(value) > kHighest) {
    events_.note("RFC 2217: ignored a baud rate that is none");
  } else if (const auto wanted = get_be<std::uint32_t>(value); wanted != 0) {
    rate_ = wanted;
  }
  answer(rfc2217::kSetBaudRate, to_be(rate_));
  events_.lines_changed();
}

void ComPort::set_framing(std::uint8_t command, std::uint8_t& setting, std::uint8_t value, std::uint8_t lowest,
                          std::uint8_t highest) {
  if (value >= lowest && value <= highest) {
    setting = value;
  } else if (value != 0) {
    events_.note(fmt::format("RFC 2217: ignored the value {} for command {}", value, command));
  }
  answer(command, setting);
}

void ComPort::set_control(std::uint8_t value) {
  // The answer goes out before its effect: the client waits for it.
  const auto before = terminal_;
  answer(rfc2217::kSetControl, controlled(value));
  if (!(terminal_ == before)) events_.lines_changed();
}

std::uint8_t ComPort::controlled(std::uint8_t value) {
  using namespace rfc2217;
  switch (value) {
    case kAskFlow: return flow_;
    case kNoFlow:
    case kXonXoff:
    case kHardware:
    case kDcdFlow:
    case kDsrFlow: return flow_ = value;
    case kAskInboundFlow: return inbound_flow_;
    case kNoInboundFlow:
    case kInboundXonXoff:
    case kInboundHardware:
    case kInboundDtrFlow: return inbound_flow_ = value;
    case kBreakOn:
    case kBreakOff: terminal_.sending_break = value == kBreakOn; [[fallthrough]];
    case kAskBreak: return terminal_.sending_break ? kBreakOn : kBreakOff;
    case kDtrOn:
    case kDtrOff: terminal_.dtr = value == kDtrOn; [[fallthrough]];
    case kAskDtr: return terminal_.dtr ? kDtrOn : kDtrOff;
    case kRtsOn:
    case kRtsOff: terminal_.rts = value == kRtsOn; [[fallthrough]];
    case kAskRts: return terminal_.rts ? kRtsOn : kRtsOff;
    default: events_.note(fmt::format("RFC 2217: ignored the unknown control {}", value)); return flow_;
  }
}

std::string ComPort::framing() const {
  constexpr std::string_view kParities = "?NOEMS";
  constexpr const char* kStops[] = {"?", "1", "2", "1.5"};
  return fmt::format("{}{}{}", data_bits_, kParities[parity_], kStops[stop_bits_]);
}

// ---- data that waits ----

void ComPort::purge(std::uint8_t what) {
  constexpr std::uint8_t kOutput = 1, kInput = 2, kBoth = 3;
  if (what == kOutput || what == kBoth) events_.purge_output();
  if (what == kInput || what == kBoth) events_.purge_input();
  if (what < kOutput || what > kBoth) events_.note(fmt::format("RFC 2217: ignored the unknown purge {}", what));
  answer(rfc2217::kPurgeData, what);
}

void ComPort::suspend(bool suspended) {
  if (std::exchange(suspended_, suspended) != suspended) events_.flow_changed();
}

// ---- lines of the module ----

std::uint8_t ComPort::modem_state() const {
  using namespace rfc2217;
  return static_cast<std::uint8_t>((module_.dcd ? kDcd : 0) | (module_.ri ? kRi : 0) | (module_.dsr ? kDsr : 0) |
                                   (module_.cts ? kCts : 0));
}

void ComPort::tell_modem_state(std::uint8_t changes) {
  answer(rfc2217::kNotifyModemState, static_cast<std::uint8_t>((modem_state() | changes) & modem_mask_));
}

void ComPort::set_module_lines(const ModuleLines& lines) {
  using namespace rfc2217;
  if (lines == module_) return;
  const auto before = std::exchange(module_, lines);
  std::uint8_t changes = 0, moved = 0;
  const auto note = [&](bool changed, std::uint8_t line, std::uint8_t change) {
    if (!changed) return;
    moved |= line;
    changes |= change;
  };
  note(before.dcd != lines.dcd, kDcd, kDcdChanged);
  note(before.ri != lines.ri, kRi, before.ri ? kRiEnded : std::uint8_t{0});
  note(before.dsr != lines.dsr, kDsr, kDsrChanged);
  note(before.cts != lines.cts, kCts, kCtsChanged);
  if (telnet_.client_does(Telnet::kComPort) && ((moved | changes) & modem_mask_) != 0) tell_modem_state(changes);
}

}  // namespace quasimodem::app
