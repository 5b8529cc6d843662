// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "emulator/app/cli/demo/stage.hpp"
#include "emulator/device/firmware.hpp"

namespace quasimodem::app {

/// One thing to show.
struct Act {
  std::string_view name;
  std::string_view summary;
  void (*perform)(Stage& stage);
  std::string_view next;  ///< what to try afterwards
  device::FirmwareChoice firmware{};
};

std::span<const Act> acts();

}  // namespace quasimodem::app
