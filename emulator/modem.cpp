// SPDX-License-Identifier: Apache-2.0
#include "emulator/modem.hpp"

#include <utility>

#include "emulator/device/configuration.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/event_records.hpp"
#include "emulator/seal.hpp"
#include "emulator/terminal/terminals.hpp"
#include "emulator/uart/software_flow.hpp"
#include "emulator/uart_journal.hpp"

namespace quasimodem::emulator {

using commands::FlowControl;

struct Modem::Parts {
  Parts(device::Configuration configuration, device::Surroundings surroundings, const commands::Catalogue& catalogue)
      : sealer{file_sealer(surroundings.flash, surroundings.random, surroundings.log)},
        terminals{me, surroundings.timeline, configuration.model, catalogue},
        journal{surroundings.timeline, surroundings.journal},
        me{std::move(configuration), std::move(surroundings), *sealer, terminals} {
    terminals.on_report = [this](const auto& event) { note_event(me.journal(), event, me); };
    me.messaging().follow(terminals.add().settings().messages);
    me.calls().on_progress = [this] { terminals.report_indicators(); };
  }

  std::unique_ptr<Sealer> sealer;
  Terminals terminals;
  UartJournal journal;
  device::MobileEquipment me;
  bool dtr = true;
  bool rts = true;
  uart::SoftwareFlow flow;
  int baud = 0;  ///< of the output that has not been taken yet

  void hear(ByteSpan from_te) {
    const bool powered = me.power() == device::Power::on;
    const auto& channel = terminal().channel();
    journal.received(from_te, powered ? UartJournal::Power::on : UartJournal::Power::off,
                     {.echoing = powered && channel.dialogue().echo && !channel.takes_data(),
                      .takes_data = channel.takes_data(),
                      .dialogue = channel.dialogue()});
    terminal().receive(from_te);
  }
  Terminal& terminal() { return terminals.first(); }
  FlowControl flow_to_te() { return terminal().settings().flow_to_te; }
  FlowControl flow_from_te() { return terminal().settings().flow_from_te; }
};

Modem::Modem(device::Configuration configuration, device::Surroundings surroundings,
             const commands::Catalogue& catalogue)
    : parts_{std::make_unique<Parts>(std::move(configuration), std::move(surroundings), catalogue)} {}

Modem::~Modem() = default;

void Modem::power_key() {
  parts_->me.journal().write(RecordKind::power, {{"event", "key"}});
  if (parts_->me.power() == device::Power::off) return parts_->me.power_on();
  parts_->terminals.power_off();
}

void Modem::cut_supply() {
  parts_->me.journal().write(RecordKind::power, {{"event", "supply cut"}});
  parts_->me.power_off(device::PowerLoss::sudden);
  parts_->terminals.drop_output();
}

// ---- the serial line ----

SecretBytes Modem::arrive(ByteSpan from_te) {
  const bool listens = parts_->me.power() == device::Power::on;
  if (listens && parts_->flow_to_te() == FlowControl::xon_xoff) return parts_->flow.obey(from_te);
  return {from_te.begin(), from_te.end()};
}

void Modem::receive(ByteSpan from_te) {
  if (parts_->me.power() != device::Power::on) parts_->flow.reset();
  if (parts_->flow_to_te() != FlowControl::xon_xoff) {
    parts_->flow.reset();
    return parts_->hear(from_te);
  }
  parts_->hear(parts_->flow.decode(from_te));
}

bool Modem::heeds_te() const { return parts_->flow_to_te() != FlowControl::none; }

bool Modem::may_send() const {
  switch (parts_->flow_to_te()) {
    case FlowControl::xon_xoff: return !parts_->flow.stopped();
    case FlowControl::lines: return parts_->rts;
    default: return true;
  }
}

Bytes Modem::take_urgent() {
  const bool stops_te = parts_->flow_from_te() == FlowControl::xon_xoff;
  using Filler = uart::SoftwareFlow::Filler;
  const auto filler = parts_->me.firmware().xoff_filler ? Filler::after_xoff : Filler::none;
  return parts_->flow.take_urgent(!stops_te || parts_->terminal().channel().accepts_input(), filler);
}

bool Modem::pause_is_due() const { return parts_->terminal().channel().pause_is_due(); }

Bytes Modem::take_output() {
  auto output = take_urgent();
  if (!may_send()) return output;
  auto& channel = parts_->terminal().channel();
  const auto data = channel.take_burst();
  if (channel.output_size() == 0) parts_->baud = parts_->terminal().settings().baud;
  const bool more = channel.output_size() > 0 || channel.input_size() > 0;
  if (!data.empty()) parts_->journal.sent(data, more ? UartJournal::Rest::waits : UartJournal::Rest::none);
  append(output, parts_->flow_from_te() == FlowControl::xon_xoff ? uart::SoftwareFlow::encode(data) : data);
  return output;
}

void Modem::set_line(Line line, bool level) {
  if (line == Line::rts) parts_->rts = level;
  if (line == Line::dtr && std::exchange(parts_->dtr, level) && !level) parts_->terminal().terminal_not_ready();
}

bool Modem::line(Line line) const {
  switch (line) {
    case Line::dtr: return parts_->dtr;
    case Line::rts: return parts_->rts;
    case Line::cts: return parts_->terminal().channel().accepts_input();
    // ASSUMED: these modules have no DSR; adapters tie it to the power.
    case Line::dsr: return parts_->me.power() == device::Power::on;
    case Line::dcd: return parts_->terminal().carrier();
    case Line::ri: return parts_->terminals.ring_indicator();
  }
  return false;
}

bool Modem::answering() const { return parts_->terminal().channel().answering(); }

int Modem::baud() const { return parts_->baud; }

device::MobileEquipment& Modem::me() { return parts_->me; }
Terminals& Modem::terminals() { return parts_->terminals; }
Terminal& Modem::terminal() { return parts_->terminal(); }

}  // namespace quasimodem::emulator
