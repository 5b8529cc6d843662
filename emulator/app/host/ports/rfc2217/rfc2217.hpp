// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// The numbers of RFC 2217, COM-PORT over telnet: what both of its ends say.
namespace quasimodem::app::rfc2217 {

// Commands of the client; the server's answers are 100 higher.
inline constexpr std::uint8_t kSignature = 0;
inline constexpr std::uint8_t kSetBaudRate = 1;
inline constexpr std::uint8_t kSetDataSize = 2;
inline constexpr std::uint8_t kSetParity = 3;
inline constexpr std::uint8_t kSetStopSize = 4;
inline constexpr std::uint8_t kSetControl = 5;
inline constexpr std::uint8_t kNotifyLineState = 6;
inline constexpr std::uint8_t kNotifyModemState = 7;
inline constexpr std::uint8_t kFlowControlSuspend = 8;
inline constexpr std::uint8_t kFlowControlResume = 9;
inline constexpr std::uint8_t kSetLineStateMask = 10;
inline constexpr std::uint8_t kSetModemStateMask = 11;
inline constexpr std::uint8_t kPurgeData = 12;
inline constexpr std::uint8_t kAnswer = 100;

// Values of SET-DATASIZE, SET-PARITY, SET-STOPSIZE.
inline constexpr std::uint8_t kEightBits = 8;
inline constexpr std::uint8_t kNoParity = 1;
inline constexpr std::uint8_t kOneStopBit = 1;

// Values of SET-CONTROL.
inline constexpr std::uint8_t kAskFlow = 0;
inline constexpr std::uint8_t kNoFlow = 1;
inline constexpr std::uint8_t kXonXoff = 2;
inline constexpr std::uint8_t kHardware = 3;
inline constexpr std::uint8_t kAskBreak = 4;
inline constexpr std::uint8_t kBreakOn = 5;
inline constexpr std::uint8_t kBreakOff = 6;
inline constexpr std::uint8_t kAskDtr = 7;
inline constexpr std::uint8_t kDtrOn = 8;
inline constexpr std::uint8_t kDtrOff = 9;
inline constexpr std::uint8_t kAskRts = 10;
inline constexpr std::uint8_t kRtsOn = 11;
inline constexpr std::uint8_t kRtsOff = 12;
inline constexpr std::uint8_t kAskInboundFlow = 13;
inline constexpr std::uint8_t kNoInboundFlow = 14;
inline constexpr std::uint8_t kInboundXonXoff = 15;
inline constexpr std::uint8_t kInboundHardware = 16;
inline constexpr std::uint8_t kDcdFlow = 17;
inline constexpr std::uint8_t kInboundDtrFlow = 18;
inline constexpr std::uint8_t kDsrFlow = 19;

// The octet of NOTIFY-MODEMSTATE: the upper half is the lines, the lower half what has changed.
inline constexpr std::uint8_t kDcd = 0x80, kRi = 0x40, kDsr = 0x20, kCts = 0x10;
inline constexpr std::uint8_t kDcdChanged = 0x08, kRiEnded = 0x04, kDsrChanged = 0x02, kCtsChanged = 0x01;

}  // namespace quasimodem::app::rfc2217
