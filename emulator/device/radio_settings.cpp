// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/radio_settings.hpp"

#include <utility>

#include "emulator/device/kept.hpp"

namespace quasimodem::device {

void RadioSettings::set_band(std::string_view band) {
  band_ = band;
  kept_.keep_band(band);
}

bool RadioSettings::prefer_operator(int index, std::string_view number) {
  auto changed = preferred_operators_;
  changed.at(static_cast<std::size_t>(index - 1)) = number;
  if (!kept_.keep(changed)) return false;
  preferred_operators_ = std::move(changed);
  return true;
}

void RadioSettings::recall() {
  preferred_operators_ = kept_.preferred_operators();
  if (auto band = kept_.band()) band_ = std::move(*band);
}

}  // namespace quasimodem::device
