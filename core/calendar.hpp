// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace quasimodem {

/// A moment of the civil calendar in UTC, second resolution. What a module's RTC and a certificate's dates say.
using UtcTime = std::chrono::sys_seconds;

}  // namespace quasimodem
