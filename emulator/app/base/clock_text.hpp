// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "emulator/device/local_time.hpp"

namespace quasimodem::app {

/// `host`, which is the second argument, `factory`, or `2015-04-08T12:00:00` with `Z`, `±hh:mm` or nothing behind it
/// (UTC). Nothing for anything else.
std::optional<device::LocalTime> read_clock(const std::string& text, const std::optional<device::LocalTime>& host);

/// `2015-04-08T12:00:00+02:00`
std::string iso_text(const device::LocalTime& time);

}  // namespace quasimodem::app
