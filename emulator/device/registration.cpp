// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/registration.hpp"

#include <utility>

namespace quasimodem::device {

Registration::Registration(Timeline& timeline, Pace& pace, EventSink& events)
    : timeline_{timeline}, pace_{pace}, events_{events}, searching_{timeline}, attaching_{timeline} {}

void Registration::begin(std::function<void()> on_registered) {
  set(Domain::circuit_switched, RegistrationStatus::searching);
  set(Domain::packet_switched, RegistrationStatus::searching);
  searching_.start(pace_.next(&Timing::registration), [this, on_registered = std::move(on_registered)] {
    set(Domain::circuit_switched, RegistrationStatus::home);
    // Attaching is automatic after the start, M66 10.1.
    attaching_.start(pace_.next(&Timing::attach), [this] { set(Domain::packet_switched, RegistrationStatus::home); });
    on_registered();
  });
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
  if (attached() || !registered()) {
    timeline_.post([done = std::move(done), attached = attached()] { done(attached); });
    return;
  }
  attaching_.start(pace_.next(&Timing::attach), [this, done = std::move(done)] {
    set(Domain::packet_switched, RegistrationStatus::home);
    done(true);
  });
}

void Registration::detach(std::function<void(bool)> done) {
  attaching_.start(pace_.next(&Timing::attach), [this, done = std::move(done)] {
    set(Domain::packet_switched, RegistrationStatus::not_searching);
    done(true);
  });
}

}  // namespace quasimodem::device
