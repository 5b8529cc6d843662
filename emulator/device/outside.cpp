// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/outside.hpp"

#include <utility>
#include <vector>

#include "emulator/device/call_forwarding.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/packet_domain.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/radio_settings.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/service_centre.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/sms/alphabet.hpp"
#include "emulator/device/ussd.hpp"
#include "emulator/device/voice_calls.hpp"

namespace quasimodem::device {

Messaging::Delivery Outside::deliver_sms(std::string_view from, std::string_view text,
                                         std::optional<sms::Timestamp> time) {
  const auto number = sms::parse_number(from);
  const auto originator = number ? *number : sms::named(sms::from_utf8(from));
  const auto messages = sms::deliveries(originator, sms::from_utf8(text), time.value_or(timestamp_of(me_.rtc().now())),
                                        ++concatenations_);
  std::vector<Bytes> parts;
  for (const auto& message : messages) {
    parts.push_back(sms::encode(sms::Pdu{me_.messaging().centre(), sms::encode(message)}));
  }
  return me_.service_centre().deliver(std::move(parts));
}

Messaging::Delivery Outside::deliver_pdu(const Bytes& pdu) {
  return me_.in_service() && !me_.radio().refuses_messages ? me_.messaging().deliver(pdu) : Messaging::Delivery::failed;
}

void Outside::far_end_hangs_up() { me_.calls().far_end_hangs_up(); }

bool Outside::ring(std::string_view number) {
  return me_.in_service() && !me_.radio().refuses_calls && !me_.forwarding.diverts_voice() &&
         me_.calls().ring(std::string{number});
}

void Outside::serve(RegistrationStatus granted, Outage outage) {
  me_.registration().serve(granted);
  if (me_.registration().registered()) return;
  me_.calls().lose_all();
  me_.ussd().end();
  if (outage == Outage::brief) return;
  for (int id = 0; id < kContexts; ++id) lose_context(id);
  me_.packet_domain.deactivate_all();
}

void Outside::lose_context(int id) { me_.context(id).lose(EndedBy::network); }

void Outside::change_sim(Sim sim) {
  const bool powered = me_.power() == Power::on;
  if (powered && me_.functionality() == Functionality::full) me_.radio_off();
  const bool was_inserted = me_.sim().inserted();
  me_.sim() = std::move(sim);
  if (!powered) return;
  if (me_.sim().inserted() != was_inserted) events_.on_event(SimMoved{});
  // Without its supply the SIM says nothing more than that.
  if (me_.functionality() == Functionality::minimum) return events_.on_event(SimStatusChanged{me_.sim_status()});
  me_.start_sim();
}

void Outside::report_voltage(SupplyVoltage::Level level) {
  if (me_.power() != Power::on) return;
  events_.on_event(SupplyVoltage{level});
  const bool too_much =
      level == SupplyVoltage::Level::under_power_down || level == SupplyVoltage::Level::over_power_down;
  if (too_much) me_.power_off_soon();
}

}  // namespace quasimodem::device
