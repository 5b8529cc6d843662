// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/mobile_equipment.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "emulator/device/alarm.hpp"
#include "emulator/device/call_forwarding.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/ftp.hpp"
#include "emulator/device/http.hpp"
#include "emulator/device/kept.hpp"
#include "emulator/device/locator.hpp"
#include "emulator/device/mailer.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/mqtt.hpp"
#include "emulator/device/name_query.hpp"
#include "emulator/device/network_clock.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pace.hpp"
#include "emulator/device/packet_domain.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/phonebooks.hpp"
#include "emulator/device/ping.hpp"
#include "emulator/device/radio_settings.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/service_centre.hpp"
#include "emulator/device/sim_card.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/device/time_sync.hpp"
#include "emulator/device/ussd.hpp"
#include "emulator/device/voice_calls.hpp"
#include "net/bearer.hpp"
#include "storage/security_file_store.hpp"

namespace quasimodem::device {
namespace {

// ASSUMED: the module switches itself off when it is left alone in alarm mode.
constexpr auto kAlarmModeLasts = 90s;

}  // namespace

struct MobileEquipment::Parts final : Gateway {
  Parts(MobileEquipment& module, Configuration parts, device::Surroundings plug, Sealer& file_sealer, EventSink& sink);

  std::optional<std::string> objection(const PdpContext& context) const override;
  void rings(const Alarm::Setting& setting);
  void list_call(VoiceCalls::Listed list, const std::string& number);

  MobileEquipment& me;
  Configuration configuration;
  device::Surroundings surroundings;
  Sealer& sealer;
  EventSink& events;

  Timeline& timeline{surroundings.timeline};
  storage::Flash& flash{surroundings.flash};
  const Logger& log{surroundings.log};
  const Journal& journal{surroundings.journal};
  const ModelProfile& profile{profile_of(configuration.model)};
  Firmware firmware{
      firmware_of(profile, configuration.firmware_date.value_or(profile.released), configuration.firmware)};
  TcpIpSettings tcpip{};
  PacketDomain packet_domain{};
  CallForwarding forwarding{};
  AccessPoints access_points{configuration.access_points};

  Outside outside{me, events};
  Kept kept{flash, log};
  Pace pace{configuration.timing, configuration.seed, log.part("pace")};
  Rtc rtc{timeline, configuration.clock};
  Alarm alarm{timeline, rtc, kept, [this](const Alarm::Setting& setting) { rings(setting); }};
  NetworkClock network_clock{{timeline, rtc, kept, events}, configuration.network_clock, profile.factory.clock_update};
  SimCard sim_card{configuration.sim, configuration.own_number};
  Registration registration{timeline, pace, events};
  RadioSettings radio{kept};
  storage::SecurityFileStore security_files{flash, sealer, log.part("files"), journal};
  std::function<sms::Timestamp()> now{[this] { return timestamp_of(rtc.now()); }};
  Messaging messaging{{timeline, flash, pace, events, log.part("sms"), now, journal}};
  ServiceCentre service_centre{
      {timeline, pace, log.part("smsc"), [this](const Bytes& pdu) { return outside.deliver_pdu(pdu); }, now}};
  VoiceCalls calls{timeline, pace, events};
  Ussd ussd{{timeline, pace, events, log.part("ussd")}, configuration.ussd};
  Phonebooks phonebooks{flash};
  FileStore files{flash, sealer, journal};
  SslContexts ssl{{rtc, security_files, firmware, pace, surroundings.random, configuration.key_log}};
  PdpContext::Surroundings around_contexts{timeline, surroundings.bearer, *this, pace, events, ssl, log, journal};
  std::array<PdpContext, kContexts> contexts{PdpContext{0, around_contexts}, PdpContext{1, around_contexts}};
  NameQuery names{timeline, events};
  Ping pinger{timeline, events};
  Locator locator{timeline, pace};
  TimeSync time_sync{timeline, events, rtc, kept};
  Http http{{timeline, files, ssl, calls, access_points, firmware, events, log.part("http"), journal}};
  Ftp ftp{{timeline, files, events, log.part("ftp"), journal}};
  Mailer mailer{{timeline, files, ssl, calls, rtc, events, log.part("mail"), journal}};
  Mqtt mqtt{{timeline, events, log.part("mqtt"), journal}};
};

MobileEquipment::Parts::Parts(MobileEquipment& module, Configuration parts, device::Surroundings plug,
                              Sealer& file_sealer, EventSink& sink)
    : me{module}, configuration{std::move(parts)}, surroundings{std::move(plug)}, sealer{file_sealer}, events{sink} {
  calls.on_listed = [this](VoiceCalls::Listed list, const std::string& number) { list_call(list, number); };
  sim_card.on_pin = [this](std::string_view pin) { return me.enter_pin(pin); };
  sim_card.on_puk = [this](std::string_view puk, std::string_view new_pin) { return me.unblock_pin(puk, new_pin); };
  rtc.on_set = [this] { alarm.clock_changed(); };
  messaging.on_sent = [this](const Messaging::Sent& sent) { service_centre.accept(sent); };
  alarm.recall();
}

void MobileEquipment::Parts::list_call(VoiceCalls::Listed list, const std::string& number) {
  switch (list) {
    // ASSUMED: LD and DC, last and dialled numbers, are the same here.
    case VoiceCalls::Listed::dialled: return phonebooks.list_call({"LD", "DC"}, number);
    case VoiceCalls::Listed::received: return phonebooks.list_call({"RC"}, number);
    case VoiceCalls::Listed::missed: return phonebooks.list_call({"MC"}, number);
  }
}

// ASSUMED: what <power> does, and that it rings in any state of a module that is on.
void MobileEquipment::Parts::rings(const Alarm::Setting& setting) {
  if (me.power_ == Power::on) {
    events.on_event(AlarmRang{});
    if (setting.power == Alarm::Power::off) me.power_off_soon();
  } else if (me.power_ == Power::off && setting.power == Alarm::Power::on) {
    me.alarm_mode_ = true;
    me.power_on();
  }
}

std::optional<std::string> MobileEquipment::Parts::objection(const PdpContext& context) const {
  const auto& access = context.access;
  if (access.mode != 1) return "AT+QICSGP=0 asks for CSD, which is not there";
  if (!registration.attached()) return "not attached to the packet domain";
  const int cid = context.id() + 1;
  // MANUAL SSL 1.4.1 item 4.
  if (!firmware.shared_context && packet_domain.context(cid).active) {
    return fmt::format("AT+CGACT has activated context {} already; AT+CGACT=0,{} first", cid, cid);
  }
  if (!access_points.has(access.apn)) return access_points.refusal(access.apn);
  return std::nullopt;
}

MobileEquipment::MobileEquipment(Configuration configuration, Surroundings surroundings, Sealer& sealer,
                                 EventSink& events)
    : parts_{std::make_unique<Parts>(*this, std::move(configuration), std::move(surroundings), sealer, events)},
      tcpip{parts_->tcpip},
      packet_domain{parts_->packet_domain},
      forwarding{parts_->forwarding},
      access_points{parts_->access_points},
      starting_{parts_->timeline},
      sim_starting_{parts_->timeline},
      switching_{parts_->timeline},
      call_ready_{parts_->timeline},
      alarm_mode_end_{parts_->timeline} {}

MobileEquipment::~MobileEquipment() = default;

// ---- the rooms ----

const ModelProfile& MobileEquipment::profile() const { return parts_->profile; }
const Configuration& MobileEquipment::configuration() const { return parts_->configuration; }
const Firmware& MobileEquipment::firmware() const { return parts_->firmware; }
const Logger& MobileEquipment::log() const { return parts_->log; }
const Journal& MobileEquipment::journal() const { return parts_->journal; }
Timeline& MobileEquipment::timeline() { return parts_->timeline; }
storage::Flash& MobileEquipment::flash() { return parts_->flash; }
Pace& MobileEquipment::pace() { return parts_->pace; }
Outside& MobileEquipment::outside() { return parts_->outside; }
const Sim& MobileEquipment::sim() const { return parts_->configuration.sim; }
Sim& MobileEquipment::sim() { return parts_->configuration.sim; }
SimCard& MobileEquipment::sim_card() { return parts_->sim_card; }
Rtc& MobileEquipment::rtc() { return parts_->rtc; }
Alarm& MobileEquipment::alarm() { return parts_->alarm; }
NetworkClock& MobileEquipment::network_clock() { return parts_->network_clock; }
Registration& MobileEquipment::registration() { return parts_->registration; }
RadioSettings& MobileEquipment::radio() { return parts_->radio; }
Messaging& MobileEquipment::messaging() { return parts_->messaging; }
ServiceCentre& MobileEquipment::service_centre() { return parts_->service_centre; }
VoiceCalls& MobileEquipment::calls() { return parts_->calls; }
Ussd& MobileEquipment::ussd() { return parts_->ussd; }
Phonebooks& MobileEquipment::phonebooks() { return parts_->phonebooks; }
FileStore& MobileEquipment::files() { return parts_->files; }
storage::SecurityFileStore& MobileEquipment::security_files() { return parts_->security_files; }
SslContexts& MobileEquipment::ssl() { return parts_->ssl; }
NameQuery& MobileEquipment::names() { return parts_->names; }
Ping& MobileEquipment::pinger() { return parts_->pinger; }
Locator& MobileEquipment::locator() { return parts_->locator; }
TimeSync& MobileEquipment::time_sync() { return parts_->time_sync; }
Mqtt& MobileEquipment::mqtt() { return parts_->mqtt; }
Http& MobileEquipment::http() { return parts_->http; }
Ftp& MobileEquipment::ftp() { return parts_->ftp; }
Mailer& MobileEquipment::mailer() { return parts_->mailer; }

net::IpAddress MobileEquipment::bearer_address() const { return parts_->surroundings.bearer.local_address(); }

PdpContext& MobileEquipment::context(int id) { return parts_->contexts.at(static_cast<std::size_t>(id)); }

const PdpContext* MobileEquipment::stack_context(int cid) const {
  return cid <= kContexts ? &parts_->contexts.at(static_cast<std::size_t>(cid - 1)) : nullptr;
}

// ---- power ----

void MobileEquipment::power_on() {
  if (power_ != Power::off) return;
  power_ = Power::starting;
  log().info("power on");
  boot_time_ = pace().next(&Timing::boot);
  starting_.start(boot_time_, [this] { start_up(); });
}

void MobileEquipment::start_up() {
  power_ = Power::on;
  functionality_ = alarm_mode_ ? Functionality::minimum : Functionality::full;
  recall_saved();
  parts_->events.on_event(Started{});
  if (alarm_mode_) {
    alarm_mode_end_.start(kAlarmModeLasts, [this] { power_off(); });
    return parts_->events.on_event(AlarmModeEntered{});
  }
  parts_->events.on_event(FunctionalityReached{functionality_});
  start_sim();
}

void MobileEquipment::power_off(PowerLoss loss) {
  if (power_ == Power::off) return;
  power_ = Power::off;
  starting_.cancel();
  sim_starting_.cancel();
  switching_.cancel();
  call_ready_.cancel();
  names().cancel();
  pinger().cancel();
  locator().cancel();
  time_sync().cancel();
  http().power_off();
  mqtt().power_off();
  ftp().power_off();
  mailer().power_off();
  for (auto& context : parts_->contexts) {
    context.power_off(loss);
    context.access = {};
    context.name_servers = {};
  }
  registration().stop();
  messaging().power_off();
  calls().end_all();
  ussd().end();
  alarm_mode_ = false;
  alarm_mode_end_.cancel();
  files().power_off();
  sim().power_cycle();
  security_files().clear_ram();
  packet_domain = {};
  radio().power_off();
  network_clock().forget();
  tcpip = {};
  ssl().settings = {};
  log().info("power off");
  parts_->events.on_event(PoweredOff{});
}

void MobileEquipment::restart(PowerLoss loss) {
  power_off(loss);
  power_on();
}

void MobileEquipment::power_off_soon() {
  switching_.start({}, [this] { power_off(); });
}

void MobileEquipment::restart_soon() {
  switching_.start({}, [this] { restart(); });
}

void MobileEquipment::recall_saved() {
  radio().recall();
  network_clock().recall();
  // ASSUMED: what both contexts share comes from context 0, the foreground after a start.
  for (int id = kContexts - 1; id >= 0; --id) parts_->kept.recall_tcpip(id, tcpip, context(id).access);
  time_sync().recall();
}

// ---- radio and SIM ----

/// The SIM has its supply, or the holder turns out to be empty.
void MobileEquipment::start_sim() {
  sim_card().reset();
  sim_starting_.cancel();
  sim_time_ = sim().inserted() ? pace().next(&Timing::sim_start) : Duration::zero();
  if (sim_time_ == Duration::zero()) return sim_started();
  sim_starting_.start(sim_time_, [this] { sim_started(); });
}

void MobileEquipment::sim_started() {
  parts_->events.on_event(SimStatusChanged{sim_status()});
  if (functionality_ == Functionality::full) radio_on();
}

void MobileEquipment::radio_on() {
  call_ready_reported_ = false;
  if (sim_status() != SimStatus::ready) return;
  registration().begin([this] { network_clock().tell(); });
  const auto since_boot = pace().next(&Timing::call_ready) - boot_time_ - sim_time_;
  call_ready_.start(std::max(since_boot, Duration::zero()), [this] {
    call_ready_reported_ = true;
    parts_->events.on_event(CallReady{});
  });
}

void MobileEquipment::radio_off() {
  call_ready_.cancel();
  for (int cid = 1; cid <= PacketDomain::kContexts; ++cid) {
    if (!packet_domain.context(cid).active) continue;
    parts_->events.on_event(BearerEnded{EndedBy::module, cid, bearer_address().text()});
  }
  end_bearers();
  network_clock().forget();
  calls().lose_all();
  ussd().end();
  registration().stop();
}

bool MobileEquipment::end_bearers() {
  for (auto& context : parts_->contexts) context.lose(EndedBy::module);
  return packet_domain.deactivate_all();
}

void MobileEquipment::set_functionality(Functionality functionality) {
  const auto before = std::exchange(functionality_, functionality);
  if (before == functionality) return;
  alarm_mode_end_.cancel();
  if (before == Functionality::full) radio_off();
  if (functionality == Functionality::minimum) sim_starting_.cancel();
  if (before == Functionality::minimum) return start_sim();
  if (functionality == Functionality::full) radio_on();
}

SimStatus MobileEquipment::sim_status() const {
  if (functionality_ == Functionality::minimum && sim().inserted()) return SimStatus::not_ready;
  if (sim_starting_.running()) return SimStatus::busy;
  return sim().status();
}

PinResult MobileEquipment::enter_pin(std::string_view pin) {
  const auto result = sim().enter_pin(pin);
  if (result == PinResult::accepted && functionality_ == Functionality::full) radio_on();
  return result;
}

PinResult MobileEquipment::unblock_pin(std::string_view puk, std::string_view new_pin) {
  const auto result = sim().unblock(puk, new_pin);
  if (result == PinResult::accepted && functionality_ == Functionality::full) radio_on();
  return result;
}

void MobileEquipment::leave_network() {
  if (functionality_ != Functionality::full) return;
  const bool ready_reported = call_ready_reported_;
  radio_off();
  call_ready_reported_ = ready_reported;
}

void MobileEquipment::rejoin_network() {
  if (functionality_ != Functionality::full || sim_status() != SimStatus::ready || registration().registered()) return;
  registration().begin([this] { network_clock().tell(); });
}

int MobileEquipment::initialisation() const {
  // ASSUMED: with a SIM that waits for its PIN the module is AT ready (1) and no more.
  if (!sim().inserted() || sim_status() != SimStatus::ready) return 1;
  // ASSUMED: messages are the last to be ready (3), together with Call Ready.
  return call_ready_.running() ? 2 : 3;
}

int MobileEquipment::signal_strength() const {
  constexpr int kUnknown = 99;
  const bool searching = parts_->registration.status(Domain::circuit_switched) == RegistrationStatus::searching;
  return functionality_ == Functionality::full && !searching ? parts_->registration.signal_strength() : kUnknown;
}

bool MobileEquipment::in_service() const { return power_ == Power::on && parts_->registration.registered(); }

bool MobileEquipment::save_tcpip(int context) {
  return parts_->kept.keep_tcpip(context, tcpip, this->context(context).access);
}

bool MobileEquipment::transparent_besides(int context, int index) {
  for (const auto& each : parts_->contexts) {
    for (int other = 0; other < kSockets; ++other) {
      const auto* socket = each.socket(other);
      const bool this_one = each.id() == context && other == index;
      const bool transparent = socket && socket->live() && socket->target().delivery == Stream::Delivery::transparent;
      if (transparent && !this_one) return true;
    }
  }
  return false;
}

}  // namespace quasimodem::device
