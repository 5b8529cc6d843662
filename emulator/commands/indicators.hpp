// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace quasimodem::emulator {
class TerminalAdapter;
}

namespace quasimodem::commands {

/// AT+CIND: battery, signal, service, call, roaming, full message memory, GPRS, call set-up.
inline constexpr std::size_t kIndicators = 8;
using Indicators = std::array<int, kIndicators>;

Indicators indicators(emulator::TerminalAdapter& ta);

/// +CIEV for one of them; they count from 0 here and from 1 on the line.
std::string indicator_line(std::size_t index, int value);

/// AT+CMER asks for +CIEV.
bool reports_indicators(emulator::TerminalAdapter& ta);

}  // namespace quasimodem::commands
