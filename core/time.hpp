// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace quasimodem {

using namespace std::chrono_literals;

/// Nanoseconds, because one character at 115200 baud lasts 86.8 µs.
using Duration = std::chrono::nanoseconds;

/// Tag of the module's own time line. It has no now(): only a Timeline knows the time.
struct ModuleClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
};

/// Time since the process gave the module its first supply voltage; never the wall clock.
using Instant = std::chrono::time_point<ModuleClock, Duration>;

}  // namespace quasimodem
