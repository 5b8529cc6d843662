// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "emulator/commands/family.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::commands {

/// A command that only some firmware has; `name` is that of the switch.
template <bool device::Firmware::*Switch>
constexpr Command depending_on(std::string_view name, Command command) {
  command.there = [](atcmd::Call& call) { return static_cast<Call&>(call).me().firmware().*Switch; };
  command.firmware = name;
  return command;
}

}  // namespace quasimodem::commands
