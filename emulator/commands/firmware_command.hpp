// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "emulator/commands/family.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::commands {

/// A command, or one of the things that it sets, which only some firmware has; `name` is that of the switch.
template <bool device::Firmware::*Switch, class Row = Command>
constexpr Row depending_on(std::string_view name, Row row) {
  row.there = [](atcmd::Call& call) { return static_cast<Call&>(call).me().firmware().*Switch; };
  row.firmware = name;
  return row;
}

}  // namespace quasimodem::commands
