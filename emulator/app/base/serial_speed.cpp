// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/serial_speed.hpp"

#include <utility>

namespace quasimodem::app {
namespace {

constexpr std::pair<speed_t, int> kSpeeds[] = {
    {B75, 75},       {B150, 150},       {B300, 300},       {B600, 600},       {B1200, 1200},
    {B2400, 2400},   {B4800, 4800},     {B9600, 9600},     {B19200, 19200},   {B38400, 38400},
    {B57600, 57600}, {B115200, 115200}, {B230400, 230400}, {B460800, 460800}, {B921600, 921600},
};

}  // namespace

int rate_of(speed_t speed) {
  for (const auto& [code, rate] : kSpeeds) {
    if (code == speed) return rate;
  }
  return 0;
}

std::optional<speed_t> speed_of(int wanted) {
  for (const auto& [code, rate] : kSpeeds) {
    if (rate == wanted) return code;
  }
  return std::nullopt;
}

}  // namespace quasimodem::app
