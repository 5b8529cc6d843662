// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/device/rtc.hpp"

namespace quasimodem::app {

/// The host's date and time, in its own time zone.
device::LocalTime host_time();

}  // namespace quasimodem::app
