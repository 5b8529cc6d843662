// SPDX-License-Identifier: Apache-2.0
#include "emulator/modem.hpp"

#include <array>
#include <utility>

#include "emulator/commands/urcs.hpp"
#include "emulator/seal.hpp"
#include "emulator/terminal_adapter.hpp"

namespace quasimodem::emulator {

struct Modem::Parts {
  Parts(device::Configuration configuration, device::Surroundings surroundings)
      : sealer{surroundings.flash, surroundings.random, surroundings.log},
        ta{surroundings.timeline, device::profile_of(configuration.model)},
        me{std::move(configuration), std::move(surroundings), sealer, ta} {
    ta.attach(me);
  }

  FileSealer sealer;
  TerminalAdapter ta;
  device::MobileEquipment me;
  bool dtr = true;
};

Modem::Modem(device::Configuration configuration, device::Surroundings surroundings)
    : parts_{std::make_unique<Parts>(std::move(configuration), std::move(surroundings))} {}

Modem::~Modem() = default;

void Modem::power_key() {
  if (parts_->me.power() == device::MobileEquipment::Power::off) return parts_->me.power_on();
  // The farewell comes after everything else has ended: no prompt, upload or half typed line is in its way.
  const bool heard = parts_->ta.rate_known();
  parts_->me.power_off();
  if (heard) commands::announce_power_down(parts_->ta);
}

void Modem::receive(ByteSpan from_te) { parts_->ta.receive(from_te); }
Bytes Modem::take_output() { return parts_->ta.channel().take_output(); }

void Modem::set_line(Line line, bool level) {
  if (line == Line::dtr && std::exchange(parts_->dtr, level) && !level) parts_->ta.terminal_not_ready();
}

bool Modem::line(Line line) const {
  switch (line) {
    case Line::dtr: return parts_->dtr;
    case Line::rts: return true;
    case Line::cts: return parts_->ta.channel().accepts_input();
    case Line::dcd: return parts_->ta.carrier();
  }
  return false;
}

int Modem::baud() const { return parts_->ta.settings().baud; }

device::MobileEquipment& Modem::me() { return parts_->me; }
TerminalAdapter& Modem::ta() { return parts_->ta; }

}  // namespace quasimodem::emulator
