// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "emulator/commands/session.hpp"

namespace quasimodem::commands {

/// AT+CIND: battery, signal, service, call, roaming, full message memory, GPRS, call set-up.
inline constexpr std::size_t kIndicators = 8;
using Indicators = std::array<int, kIndicators>;

Indicators indicators(Session& session);

/// +CIEV for one of them; they count from 0 here and from 1 on the line.
std::string indicator_line(std::size_t index, int value);

/// AT+CMER asks for +CIEV.
bool reports_indicators(const Settings& settings);

}  // namespace quasimodem::commands
