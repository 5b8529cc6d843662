// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/host.hpp"

#include <cerrno>
#include <chrono>
#include <ctime>
#include <sys/random.h>
#include <system_error>

namespace quasimodem::app {

void HostRandom::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const auto got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error{errno, std::generic_category(), "getrandom"};
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

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
