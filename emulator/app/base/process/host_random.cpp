// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/host_random.hpp"

#include <cerrno>
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

}  // namespace quasimodem::app
