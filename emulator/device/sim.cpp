// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/sim.hpp"

namespace quasimodem::device {

/// Every wrong PIN counts, whichever command brought it (GSM 11.11 8.9).
Sim::PinResult Sim::check(std::string_view pin) {
  if (!inserted()) return PinResult::no_sim;
  if (status_ == SimStatus::puk_needed || status_ == SimStatus::blocked) return PinResult::puk_asked_for;
  if (pin == pin_) {
    pin_tries_ = kPinTries;
    return PinResult::accepted;
  }
  if (--pin_tries_ == 0) status_ = SimStatus::puk_needed;
  return PinResult::wrong;
}

Sim::PinResult Sim::enter_pin(std::string_view pin) {
  if (status_ == SimStatus::ready) return PinResult::not_asked_for;
  const auto result = check(pin);
  if (result == PinResult::accepted) status_ = SimStatus::ready;
  return result;
}

Sim::PinResult Sim::unblock(std::string_view puk, std::string_view new_pin) {
  if (!inserted()) return PinResult::no_sim;
  if (status_ != SimStatus::puk_needed) return PinResult::not_asked_for;
  if (puk != kPuk) {
    if (--puk_tries_ == 0) status_ = SimStatus::blocked;
    return PinResult::wrong;
  }
  puk_tries_ = kPukTries;
  pin_tries_ = kPinTries;
  pin_ = new_pin;
  status_ = SimStatus::ready;
  return PinResult::accepted;
}

Sim::PinResult Sim::lock(bool locked, std::string_view pin) {
  const auto result = check(pin);
  if (result == PinResult::accepted) locked_ = locked;
  return result;
}

Sim::PinResult Sim::change_pin(std::string_view old_pin, std::string_view new_pin) {
  if (inserted() && !locked_) return PinResult::not_asked_for;
  const auto result = check(old_pin);
  if (result == PinResult::accepted) pin_ = new_pin;
  return result;
}

void Sim::power_cycle() {
  if (status_ == SimStatus::ready && locked_) status_ = SimStatus::pin_needed;
}

}  // namespace quasimodem::device
