// SPDX-License-Identifier: Apache-2.0
#include "emulator/event_records.hpp"

#include <cstddef>
#include <variant>

#include "emulator/commands/message_text.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/registration.hpp"

namespace quasimodem::emulator {
namespace {

/// One overload for each event that has a record of its own.
class Note {
 public:
  Note(const Journal& journal, device::MobileEquipment& me) : journal_{journal}, me_{me} {}

  void operator()(const device::Started&) const { journal_.write(RecordKind::power, {{"event", "on"}}); }
  void operator()(const device::PoweredOff&) const { journal_.write(RecordKind::power, {{"event", "off"}}); }
  void operator()(const device::SupplyVoltage& event) const {
    using Level = device::SupplyVoltage::Level;
    const bool low = event.level == Level::under_warning || event.level == Level::under_power_down;
    journal_.write(RecordKind::power, {{"event", low ? "under voltage" : "over voltage"}});
  }
  void operator()(const device::AlarmRang&) const { journal_.write(RecordKind::power, {{"event", "alarm"}}); }
  void operator()(const device::FunctionalityReached& event) const {
    state("functionality", word_of(event.functionality));
  }
  void operator()(const device::SimStatusChanged& event) const { state("sim", word_of(event.status)); }
  void operator()(const device::CallReady&) const { state("module", "call ready"); }
  void operator()(const device::RegistrationChanged& event) const {
    const bool circuit = event.domain == device::Domain::circuit_switched;
    state(circuit ? "registration" : "attachment", word_of(me_.registration().status(event.domain)));
  }

  void operator()(const device::ServerOpened& event) const {
    journal_.write(RecordKind::socket,
                   {{"event", event.succeeded ? "listening" : "listening failed"}, {"context", event.context}});
  }
  void operator()(const device::ClientArrived& event) const { client("client connected", event.context, event.index); }
  void operator()(const device::RemoteClosed& event) const {
    if (event.role == device::Role::server) client("client ended", event.context, event.index);
  }

  void operator()(const device::MessageStored& event) const {
    journal_.write(RecordKind::sms, {{"event", event.report ? "report stored" : "stored"},
                                     {"memory", commands::memory_name(event.memory)},
                                     {"index", event.index}});
  }
  void operator()(const device::MessageShown& event) const {
    journal_.write(RecordKind::sms, {{"event", "shown"}, {"octets", event.pdu.size()}});
  }

  template <class Other>
  void operator()(const Other&) const {}

 private:
  void state(std::string_view what, std::string_view now) const {
    journal_.write(RecordKind::state, {{"what", what}, {"state", now}});
  }
  void client(std::string_view event, int context, int index) const {
    const auto* socket = me_.context(context).socket(index, device::Role::server);
    const auto peer = socket && socket->peer() ? socket->peer()->text() : "";
    journal_.write(RecordKind::socket, {{"event", event}, {"context", context}, {"client", index}, {"peer", peer}});
  }

  const Journal& journal_;
  device::MobileEquipment& me_;
};

}  // namespace

void note_event(const Journal& journal, const device::Event& event, device::MobileEquipment& me) {
  if (journal) std::visit(Note{journal, me}, event);
}

std::string_view word_of(device::SimStatus status) {
  constexpr std::string_view kWords[] = {"not inserted", "not ready", "busy", "pin needed",
                                         "puk needed",   "blocked",   "ready"};
  return kWords[static_cast<std::size_t>(status)];
}

std::string_view word_of(device::RegistrationStatus status) {
  constexpr std::string_view kWords[] = {"not searching", "home", "searching", "denied", "unknown", "roaming"};
  return kWords[static_cast<std::size_t>(status)];
}

std::string_view word_of(device::Functionality functionality) {
  switch (functionality) {
    case device::Functionality::minimum: return "minimum";
    case device::Functionality::full: return "full";
    case device::Functionality::flight: return "flight";
  }
  return {};
}

std::string_view word_of(device::Power power) {
  constexpr std::string_view kWords[] = {"off", "starting", "on"};
  return kWords[static_cast<std::size_t>(power)];
}

}  // namespace quasimodem::emulator
