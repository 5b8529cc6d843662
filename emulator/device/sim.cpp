// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/sim.hpp"

namespace quasimodem::device {

Sim::PinResult Sim::enter_pin(std::string_view pin) {
  if (!inserted()) return PinResult::no_sim;
  if (status_ != SimStatus::pin_needed) return PinResult::not_asked_for;
  if (pin != pin_) return PinResult::wrong;
  status_ = SimStatus::ready;
  return PinResult::accepted;
}

void Sim::power_cycle() {
  if (inserted() && !pin_.empty()) status_ = SimStatus::pin_needed;
}

}  // namespace quasimodem::device
