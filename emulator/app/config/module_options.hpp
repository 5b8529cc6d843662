// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/fault_book.hpp"
#include "emulator/app/config/uart_url.hpp"
#include "emulator/device/configuration.hpp"
#include "net/bearer_rules.hpp"

namespace quasimodem::app {

enum class InitialPower { on, off };

/// What one module was asked to be, checked.
struct ModuleOptions {
  device::Configuration module;
  std::string name;
  std::vector<UartUrl> uarts;  ///< at least one
  int count = 1;               ///< modules, all like this one
  std::optional<std::filesystem::path> nvram;
  std::vector<FaultRule> faults;  ///< --fault
  double time_scale = 1;          ///< how many seconds of the module pass in one of the host
  bool ephemeral = false;
  bool private_name = false;  ///< nobody looks for its links and socket by name, and many like it may run at once
  net::BearerRules network;
  InitialPower power = InitialPower::on;
  std::optional<device::LocalTime> host_time;  ///< what `host` means as a time
};

}  // namespace quasimodem::app
