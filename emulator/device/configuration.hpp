// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/journal.hpp"
#include "core/log.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/local_time.hpp"
#include "emulator/device/model.hpp"
#include "emulator/device/service_errors.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/timing.hpp"
#include "emulator/device/ussd_answer.hpp"

namespace quasimodem {
class RandomSource;
class Timeline;
}  // namespace quasimodem

namespace quasimodem::net {
class Bearer;
}

namespace quasimodem::storage {
class Flash;
}

namespace quasimodem::device {

/// What one module is made of and plugged into.
struct Configuration {
  Model model = Model::m95;
  Timing timing{};
  std::uint64_t seed = 1;  ///< of the delays that are drawn
  std::string imei = "001010000000008";
  Sim sim = Sim::without_pin();
  LocalTime clock = LocalTime::factory();
  /// What the network's clock says at power on; without it the network does not tell the time (NITZ).
  std::optional<LocalTime> network_clock{};
  AccessPoints access_points{};  ///< of the network
  /// What the firmware has; the rest is as in firmware of that date, which is the model's own unless given.
  FirmwareChoice firmware{};
  std::optional<FirmwareDate> firmware_date{};
  ErrorNumbers error_numbers{};  ///< of FTP and mail
  std::function<void(std::string_view)> key_log{};
  std::string own_number = "+447700900001";  ///< AT+CNUM; empty when the SIM does not say
  std::vector<UssdAnswer> ussd{};
};

struct Surroundings {
  Timeline& timeline;
  net::Bearer& bearer;
  storage::Flash& flash;
  RandomSource& random;
  Logger log;
  Journal journal{};
};

}  // namespace quasimodem::device
