// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "emulator/device/events.hpp"

namespace quasimodem::device {

/// The SIM in the holder, or none.
class Sim {
 public:
  enum class PinResult { accepted, wrong, not_asked_for, no_sim };

  static Sim none() { return Sim{Status{SimStatus::not_inserted}, {}}; }
  static Sim without_pin() { return Sim{Status{SimStatus::ready}, {}}; }
  static Sim with_pin(std::string pin) { return Sim{Status{SimStatus::pin_needed}, std::move(pin)}; }

  bool inserted() const { return status_ != SimStatus::not_inserted; }
  SimStatus status() const { return status_; }
  PinResult enter_pin(std::string_view pin);
  /// Power was cut: the PIN is asked for again.
  void power_cycle();

  std::string_view imsi() const { return "460001234567890"; }
  std::string_view iccid() const { return "89860012345678901234"; }

 private:
  using Status = SimStatus;
  Sim(Status status, std::string pin) : status_{status}, pin_{std::move(pin)} {}

  Status status_;
  std::string pin_;  ///< empty: not asked for
};

}  // namespace quasimodem::device
