// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "core/timeline.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/pace.hpp"
#include "emulator/device/pdp_context.hpp"

namespace quasimodem::device {

/// The network side of the radio: registration in both domains, attachment, operator and signal.
class Registration final : public Attachment {
 public:
  Registration(Timeline& timeline, Pace& pace, EventSink& events);

  /// Radio on with a usable SIM: searches, registers, attaches by itself. `on_registered` runs once the
  /// circuit-switched domain is home.
  void begin(std::function<void()> on_registered);
  /// Radio off.
  void stop();

  RegistrationStatus status(Domain domain) const;
  bool registered() const { return circuit_switched_ == RegistrationStatus::home; }
  bool attached() const override { return packet_switched_ == RegistrationStatus::home; }

  /// AT+CGATT=0/1. `done(false)` when there is no network to attach to.
  void attach(std::function<void(bool)> done);
  void detach(std::function<void(bool)> done);

  std::string_view operator_name() const { return "CHINA MOBILE"; }
  std::string_view operator_short_name() const { return "CMCC"; }
  std::string_view operator_number() const { return "46000"; }
  std::string_view location_area() const { return "1878"; }
  std::string_view cell() const { return "0873"; }
  int signal_strength() const { return 30; }  ///< <rssi> of the cell

 private:
  void set(Domain domain, RegistrationStatus status);

  Timeline& timeline_;
  Pace& pace_;
  EventSink& events_;
  Timer searching_;
  Timer attaching_;
  RegistrationStatus circuit_switched_ = RegistrationStatus::not_searching;
  RegistrationStatus packet_switched_ = RegistrationStatus::not_searching;
};

}  // namespace quasimodem::device
