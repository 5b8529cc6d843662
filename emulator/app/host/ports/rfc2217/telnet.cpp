// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/ports/rfc2217/telnet.hpp"

#include <utility>

namespace quasimodem::app {
namespace {

constexpr std::uint8_t kSubnegotiationEnd = 240;
constexpr std::uint8_t kBreak = 243;
constexpr std::uint8_t kSubnegotiation = 250;
constexpr std::uint8_t kWill = 251;
constexpr std::uint8_t kWont = 252;
constexpr std::uint8_t kDo = 253;
constexpr std::uint8_t kDont = 254;
constexpr std::uint8_t kCommand = 255;  // IAC

// A signature is the longest that means anything.
constexpr std::size_t kLongestSubnegotiation = 256;

bool supported(std::uint8_t option) {
  return option == Telnet::kBinary || option == Telnet::kSuppressGoAhead || option == Telnet::kComPort;
}
/// The module echoes itself, so the client had better not.
bool we_can(std::uint8_t option) { return supported(option) || option == Telnet::kEcho; }

}  // namespace

/// COM-PORT is the client's to begin (RFC 2217): pyserial takes an offer for the answer to a request that it has not
/// sent yet, and then never sends it.
void Telnet::start(End end) {
  const auto ours = end == End::server ? kEcho : kComPort;
  for (const std::uint8_t option : {kBinary, ours, kSuppressGoAhead}) ask(ours_[option], kWill, option);
  for (const std::uint8_t option : {kBinary, kSuppressGoAhead}) ask(theirs_[option], kDo, option);
}

void Telnet::take_for_granted(std::uint8_t option) {
  if (std::exchange(theirs_[option], Side::on) != Side::on) events_.enabled(option);
}

Bytes Telnet::escape(ByteSpan data) {
  Bytes out;
  out.reserve(data.size());
  for (const auto byte : data) {
    if (byte == kCommand) out.push_back(kCommand);
    out.push_back(byte);
  }
  return out;
}

void Telnet::send_subnegotiation(std::uint8_t option, ByteSpan parameters) {
  Bytes message{kCommand, kSubnegotiation, option};
  append(message, escape(parameters));
  message.insert(message.end(), {kCommand, kSubnegotiationEnd});
  events_.send(message);
}

void Telnet::send(std::uint8_t verb, std::uint8_t option) {
  const std::array message{kCommand, verb, option};
  events_.send(message);
}

// ---- what comes in ----

void Telnet::receive(ByteSpan bytes) {
  Bytes data;
  for (const auto byte : bytes) {
    // What stands before a command is heard before the command.
    if (byte == kCommand && !data.empty()) events_.data(std::exchange(data, {}));
    take(byte, data);
  }
  if (!data.empty()) events_.data(data);
}

void Telnet::take(std::uint8_t byte, Bytes& data) {
  switch (where_) {
    case Where::data:
    case Where::after_return: return take_data(byte, data);
    case Where::command:
      if (byte == kCommand) {
        data.push_back(byte);
        where_ = Where::data;
        return;
      }
      return take_command(byte);
    case Where::option: return take_option(byte);
    case Where::subnegotiation:
    case Where::subnegotiation_command: return take_subnegotiation(byte);
  }
}

void Telnet::take_data(std::uint8_t byte, Bytes& data) {
  const bool after_return = std::exchange(where_, Where::data) == Where::after_return;
  if (byte == kCommand) {
    where_ = Where::command;
    return;
  }
  // The Return key of a telnet client in text mode is CR NUL.
  if (after_return && byte == 0) return;
  if (byte == '\r' && !client_does(kBinary)) where_ = Where::after_return;
  data.push_back(byte);
}

void Telnet::take_command(std::uint8_t byte) {
  where_ = Where::data;
  switch (byte) {
    case kWill:
    case kWont:
    case kDo:
    case kDont:
      verb_ = byte;
      where_ = Where::option;
      return;
    case kSubnegotiation:
      collected_.clear();
      too_long_ = false;
      where_ = Where::subnegotiation;
      return;
    case kBreak: return events_.broke();
    case kSubnegotiationEnd: return events_.refused("the end of a subnegotiation that was not begun");
    default: return;  // NOP, AYT and the like mean nothing to a module
  }
}

void Telnet::take_option(std::uint8_t option) {
  where_ = Where::data;
  switch (verb_) {
    case kWill:
      if (!supported(option)) return send(kDont, option);
      return agree(theirs_[option], option, kDo);
    case kWont: return disagree(theirs_[option], option, kDont);
    case kDo:
      if (!we_can(option)) return send(kWont, option);
      return agree(ours_[option], option, kWill);
    default: return disagree(ours_[option], option, kWont);
  }
}

void Telnet::take_subnegotiation(std::uint8_t byte) {
  if (where_ == Where::subnegotiation) {
    if (byte == kCommand) {
      where_ = Where::subnegotiation_command;
      return;
    }
  } else if (byte == kSubnegotiationEnd) {
    where_ = Where::data;
    return end_subnegotiation();
  } else if (byte != kCommand) {
    events_.refused("a subnegotiation without an end");
    return take_command(byte);
  }
  where_ = Where::subnegotiation;
  if (collected_.size() < kLongestSubnegotiation) {
    collected_.push_back(byte);
  } else {
    too_long_ = true;
  }
}

void Telnet::end_subnegotiation() {
  if (too_long_) return events_.refused("a subnegotiation of more than 256 bytes");
  if (collected_.empty()) return events_.refused("an empty subnegotiation");
  const auto message = std::exchange(collected_, {});
  events_.subnegotiation(message.front(), ByteSpan{message}.subspan(1));
}

// ---- options ----

void Telnet::ask(Side& side, std::uint8_t verb, std::uint8_t option) {
  if (side != Side::off) return;
  side = Side::asked;
  send(verb, option);
}

void Telnet::agree(Side& side, std::uint8_t option, std::uint8_t yes) {
  const auto before = std::exchange(side, Side::on);
  if (before == Side::on) return;
  if (before == Side::off) send(yes, option);
  events_.enabled(option);
}

void Telnet::disagree(Side& side, std::uint8_t option, std::uint8_t no) {
  if (std::exchange(side, Side::off) == Side::on) send(no, option);
}

}  // namespace quasimodem::app
