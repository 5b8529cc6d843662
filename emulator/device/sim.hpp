// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "emulator/device/states.hpp"

namespace quasimodem::device {

/// The SIM in the holder, or none. Its counters are those of GSM 11.11: three tries for a PIN, ten for a PUK.
class Sim {
 public:
  using PinResult = device::PinResult;

  static constexpr int kPinTries = 3;
  static constexpr int kPukTries = 10;

  static Sim none() { return Sim{SimStatus::not_inserted, {}}; }
  static Sim without_pin() { return Sim{SimStatus::ready, {}}; }
  static Sim with_pin(std::string pin) { return Sim{SimStatus::pin_needed, std::move(pin)}; }

  /// One whose PIN was forgotten: it asks for the PUK.
  static Sim with_puk() {
    auto sim = Sim::with_pin(std::string{kUsualPin});
    sim.pin_tries_ = 0;
    sim.status_ = SimStatus::puk_needed;
    return sim;
  }

  /// Everything about a SIM that can be different from another.
  struct Record {
    SimStatus status;
    std::string pin;
    bool locked;
    int pin_tries;
    int puk_tries;
  };
  Record record() const { return {status_, pin_, locked_, pin_tries_, puk_tries_}; }
  static Sim of(Record record) {
    Sim sim{record.status, std::move(record.pin)};
    sim.locked_ = record.locked;
    sim.pin_tries_ = record.pin_tries;
    sim.puk_tries_ = record.puk_tries;
    return sim;
  }

  bool inserted() const { return status_ != SimStatus::not_inserted; }
  SimStatus status() const { return status_; }

  PinResult enter_pin(std::string_view pin);
  /// With SIM PUK: a new PIN takes the place of the forgotten one.
  PinResult unblock(std::string_view puk, std::string_view new_pin);

  /// AT+CLCK="SC": whether the PIN is asked for at the next start.
  bool locked() const { return locked_; }
  PinResult lock(bool locked, std::string_view pin);
  /// AT+CPWD="SC". Only while the SIM is locked.
  PinResult change_pin(std::string_view old_pin, std::string_view new_pin);

  int pin_tries() const { return pin_tries_; }
  int puk_tries() const { return puk_tries_; }
  /// Power was cut: the PIN is asked for again.
  void power_cycle();

  std::string_view imsi() const { return "460001234567890"; }
  std::string_view iccid() const { return "89860012345678901234"; }
  std::string_view provider() const { return "CMCC"; }

 private:
  // ASSUMED: what the PIN of a SIM is that does not ask for it, and the PUK of them all; operators print them on paper.
  static constexpr std::string_view kUsualPin = "1234";
  static constexpr std::string_view kPuk = "12345678";

  Sim(SimStatus status, std::string pin)
      : status_{status}, locked_{!pin.empty()}, pin_{pin.empty() ? std::string{kUsualPin} : std::move(pin)} {}

  PinResult check(std::string_view pin);

  SimStatus status_;
  bool locked_;
  std::string pin_;
  int pin_tries_ = kPinTries;
  int puk_tries_ = kPukTries;
};

}  // namespace quasimodem::device
