// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/registration.hpp"

#include <utility>

#include "emulator/device/events.hpp"
#include "emulator/device/pace.hpp"

namespace quasimodem::device {

Registration::Registration(Timeline& timeline, Pace& pace, EventSink& events)
    : timeline_{timeline}, pace_{pace}, events_{events}, searching_{timeline}, attaching_{timeline} {}

void Registration::begin(std::function<void()> on_registered) {
  set(Domain::circuit_switched, RegistrationStatus::searching);
  set(Domain::packet_switched, RegistrationStatus::searching);
  attaches_itself_ = true;
  on_registered_ = std::move(on_registered);
  searching_.start(pace_.next(&Timing::registration), [this] { found(); });
}

void Registration::found() {
  set(Domain::circuit_switched, granted_);
  // ASSUMED: whoever has detached with AT+CGATT=0 stays so when the network goes and comes.
  if (!attaches_itself_) {
    set(Domain::packet_switched, RegistrationStatus::not_searching);
  } else if (!served(granted_)) {
    set(Domain::packet_switched, granted_);
  } else {
    // Attaching is automatic after the start, M66 10.1.
    attaching_.start(pace_.next(&Timing::attach), [this] { set(Domain::packet_switched, granted_); });
  }
  if (served(granted_) && on_registered_) on_registered_();
}

void Registration::serve(RegistrationStatus granted) {
  granted_ = granted;
  if (circuit_switched_ == RegistrationStatus::not_searching || searching_.running()) return;
  attaching_.cancel();
  const bool was_attached = attached();
  if (was_attached && served(granted)) set(Domain::packet_switched, granted);
  if (was_attached && served(granted)) return set(Domain::circuit_switched, granted);
  found();
}

void Registration::set_signal_strength(int rssi) {
  if (std::exchange(signal_, rssi) != rssi) events_.on_event(SignalChanged{});
}

void Registration::stop() {
  searching_.cancel();
  attaching_.cancel();
  set(Domain::circuit_switched, RegistrationStatus::not_searching);
  set(Domain::packet_switched, RegistrationStatus::not_searching);
}

RegistrationStatus Registration::status(Domain domain) const {
  return domain == Domain::circuit_switched ? circuit_switched_ : packet_switched_;
}

void Registration::set(Domain domain, RegistrationStatus status) {
  auto& current = domain == Domain::circuit_switched ? circuit_switched_ : packet_switched_;
  if (std::exchange(current, status) != status) events_.on_event(RegistrationChanged{domain});
}

void Registration::attach(std::function<void(bool)> done) {
  attaches_itself_ = true;
  if (attached() || !registered()) {
    timeline_.post([done = std::move(done), attached = attached()] { done(attached); });
    return;
  }
  attaching_.start(pace_.next(&Timing::attach), [this, done = std::move(done)] {
    set(Domain::packet_switched, granted_);
    done(attached());
  });
}

void Registration::detach(std::function<void(bool)> done) {
  attaches_itself_ = false;
  attaching_.start(pace_.next(&Timing::attach), [this, done = std::move(done)] {
    set(Domain::packet_switched, RegistrationStatus::not_searching);
    done(true);
  });
}

}  // namespace quasimodem::device
