// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/host_time.hpp"

#include <chrono>
#include <ctime>

namespace quasimodem::app {

device::LocalTime host_time() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const std::chrono::seconds zone{local.tm_gmtoff};
  return {std::chrono::local_seconds{(now + zone).time_since_epoch()},
          static_cast<int>(zone / std::chrono::minutes{15})};
}

}  // namespace quasimodem::app
