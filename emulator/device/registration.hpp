// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "core/timeline.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/timing.hpp"

namespace quasimodem::device {

/// What the network has for this module where it stands.
enum class Coverage {
  home,
  roaming,  ///< a foreign network that takes it
  denied,   ///< a network that refuses it
  none,     ///< no cell in reach
};

/// The network side of the radio: registration in both domains, attachment, operator and signal.
class Registration final : public Attachment {
 public:
  Registration(Timeline& timeline, const Timing& timing, EventSink& events);

  /// Radio on with a usable SIM: searches, registers, attaches by itself. `on_registered` runs once the
  /// circuit-switched domain is home.
  void begin(std::function<void()> on_registered);
  /// Radio off.
  void stop();

  RegistrationStatus status(Domain domain) const;
  bool registered() const { return serves(circuit_switched_); }
  bool attached() const override { return serves(packet_switched_); }

  /// What the network grants. It lasts over restarts of the module, as the place does where it stands.
  Coverage coverage() const { return coverage_; }
  /// From now on. A module that is searching or registered follows at once; `on_registered` of `begin` runs again when
  /// it comes back.
  void set_coverage(Coverage coverage);

  /// AT+CGATT=0/1. `done(false)` when there is no network to attach to.
  void attach(std::function<void(bool)> done);
  void detach(std::function<void(bool)> done);

  std::string_view operator_name() const { return "CHINA MOBILE"; }
  std::string_view operator_short_name() const { return "CMCC"; }
  std::string_view operator_number() const { return "46000"; }
  std::string_view location_area() const { return "1878"; }
  std::string_view cell() const { return "0873"; }
  int signal_strength() const { return signal_strength_; }  ///< <rssi> of the cell
  int bit_error_rate() const { return bit_error_rate_; }    ///< <ber>
  void set_signal(int strength, int bit_error_rate) {
    signal_strength_ = strength;
    bit_error_rate_ = bit_error_rate;
  }

 private:
  static bool serves(RegistrationStatus status) {
    return status == RegistrationStatus::home || status == RegistrationStatus::roaming;
  }
  RegistrationStatus granted() const;
  void search();
  void set(Domain domain, RegistrationStatus status);

  Timeline& timeline_;
  const Timing& timing_;
  EventSink& events_;
  Timer searching_;
  Timer attaching_;
  RegistrationStatus circuit_switched_ = RegistrationStatus::not_searching;
  RegistrationStatus packet_switched_ = RegistrationStatus::not_searching;
  std::function<void()> on_registered_;
  bool radio_on_ = false;
  Coverage coverage_ = Coverage::home;
  int signal_strength_ = 30;
  int bit_error_rate_ = 0;
};

}  // namespace quasimodem::device
