// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "core/timeline.hpp"
#include "emulator/device/cells.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/states.hpp"

namespace quasimodem::device {

class Pace;

/// The network side of the radio: registration in both domains, attachment, operator and signal.
class Registration {
 public:
  Registration(Timeline& timeline, Pace& pace, EventSink& events);

  /// Radio on with a usable SIM: searches, registers, attaches by itself. `on_registered` runs once the
  /// circuit-switched domain is home.
  void begin(std::function<void()> on_registered);
  /// Radio off.
  void stop();
  /// What the network grants from now on, and at once to a module with its radio on: home, roaming, denied, or
  /// searching when there is none to be found.
  void serve(RegistrationStatus granted);
  RegistrationStatus granted() const { return granted_; }

  RegistrationStatus status(Domain domain) const;
  bool registered() const { return served(circuit_switched_); }
  bool attached() const { return served(packet_switched_); }

  /// Whether the module attaches itself once it is registered: until AT+CGATT=0, again from AT+CGATT=1 or a start on.
  bool attaches_itself() const { return attaches_itself_; }
  void set_attaches_itself(bool attaches) { attaches_itself_ = attaches; }

  /// AT+CGATT=0/1. `done(false)` when there is no network to attach to.
  void attach(std::function<void(bool)> done);
  void detach(std::function<void(bool)> done);

  std::string_view operator_name() const { return "CHINA MOBILE"; }
  std::string_view operator_short_name() const { return "CMCC"; }
  std::string_view operator_number() const { return "46000"; }
  std::string_view location_area() const { return cells().front().area; }
  std::string_view cell() const { return cells().front().id; }
  int signal_strength() const { return signal_; }         ///< <rssi> of the cell
  int bit_error_rate() const { return bit_error_rate_; }  ///< <ber>
  void set_signal_strength(int rssi);
  void set_bit_error_rate(int rate) { bit_error_rate_ = rate; }

 private:
  static bool served(RegistrationStatus status) {
    return status == RegistrationStatus::home || status == RegistrationStatus::roaming;
  }
  void found();
  void set(Domain domain, RegistrationStatus status);

  Timeline& timeline_;
  Pace& pace_;
  EventSink& events_;
  Timer searching_;
  Timer attaching_;
  RegistrationStatus granted_ = RegistrationStatus::home;
  bool attaches_itself_ = true;
  int signal_ = 30;
  int bit_error_rate_ = 0;
  std::function<void()> on_registered_;
  RegistrationStatus circuit_switched_ = RegistrationStatus::not_searching;
  RegistrationStatus packet_switched_ = RegistrationStatus::not_searching;
};

}  // namespace quasimodem::device
