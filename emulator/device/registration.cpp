// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/registration.hpp"

#include <utility>

namespace quasimodem::device {

Registration::Registration(Timeline& timeline, const Timing& timing, EventSink& events)
    : timeline_{timeline}, timing_{timing}, events_{events}, searching_{timeline}, attaching_{timeline} {}

void Registration::begin(std::function<void()> on_registered) {
  on_registered_ = std::move(on_registered);
  radio_on_ = true;
  search();
}

void Registration::search() {
  attaching_.cancel();
  set(Domain::circuit_switched, RegistrationStatus::searching);
  set(Domain::packet_switched, RegistrationStatus::searching);
  if (coverage_ == Coverage::none) return searching_.cancel();
  searching_.start(timing_.registration, [this] {
    set(Domain::circuit_switched, granted());
    if (coverage_ == Coverage::denied) return set(Domain::packet_switched, granted());
    // Attaching is automatic after the start, M66 10.1.
    attaching_.start(timing_.attach, [this] { set(Domain::packet_switched, granted()); });
    on_registered_();
  });
}

RegistrationStatus Registration::granted() const {
  switch (coverage_) {
    case Coverage::home: return RegistrationStatus::home;
    case Coverage::roaming: return RegistrationStatus::roaming;
    case Coverage::denied: return RegistrationStatus::denied;
    case Coverage::none: break;
  }
  return RegistrationStatus::searching;
}

void Registration::set_coverage(Coverage coverage) {
  if (std::exchange(coverage_, coverage) == coverage || !radio_on_) return;
  // ASSUMED: a module that is thrown out reports it at once and does not search again by itself (3GPP 24.008: the
  // network is forbidden); one that loses its cell searches until there is one.
  if (coverage != Coverage::denied) return search();
  searching_.cancel();
  attaching_.cancel();
  set(Domain::circuit_switched, RegistrationStatus::denied);
  set(Domain::packet_switched, RegistrationStatus::denied);
}

void Registration::stop() {
  radio_on_ = false;
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
  attaching_.start(timing_.attach, [this, done = std::move(done)] {
    set(Domain::packet_switched, granted());
    done(attached());
  });
}

void Registration::detach(std::function<void(bool)> done) {
  attaching_.start(timing_.attach, [this, done = std::move(done)] {
    set(Domain::packet_switched, RegistrationStatus::not_searching);
    done(true);
  });
}

}  // namespace quasimodem::device
