// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/mobile_equipment.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "emulator/device/tcpip_record.hpp"
#include "tls/client_session.hpp"

namespace quasimodem::device {
namespace {

constexpr std::string_view kTimeServerRecord = "ntp";
constexpr std::string_view kClockUpdateRecord = "ctzu";
constexpr std::string_view kBandRecord = "band";
constexpr std::string_view kAlarmRecord = "alarm";
constexpr std::string_view kPreferredOperatorsRecord = "cpol";

// ASSUMED: the module switches itself off when it is left alone in alarm mode.
constexpr auto kAlarmModeLasts = 90s;

sms::Timestamp timestamp_of(const LocalTime& local) {
  const auto day = std::chrono::floor<std::chrono::days>(local.time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{local.time - day};
  return {.year = static_cast<int>(date.year()) % 100,
          .month = static_cast<int>(static_cast<unsigned>(date.month())),
          .day = static_cast<int>(static_cast<unsigned>(date.day())),
          .hour = static_cast<int>(time.hours().count()),
          .minute = static_cast<int>(time.minutes().count()),
          .second = static_cast<int>(time.seconds().count()),
          .quarter_hours = local.quarter_hours};
}

}  // namespace

MobileEquipment::MobileEquipment(Configuration configuration, Surroundings surroundings, storage::Sealer& sealer,
                                 EventSink& events)
    : access_points{configuration.access_points},
      configuration_{std::move(configuration)},
      firmware_{
          firmware_of(profile(), configuration_.firmware_date.value_or(profile().released), configuration_.firmware)},
      surroundings_{std::move(surroundings)},
      events_{events},
      pace_{configuration_.timing, configuration_.seed, surroundings_.log.part("pace")},
      rtc_{surroundings_.timeline, configuration_.clock},
      registration_{surroundings_.timeline, pace_, events},
      security_files_{surroundings_.flash, sealer, surroundings_.log.part("files"), surroundings_.journal},
      messaging_{{surroundings_.timeline, surroundings_.flash, pace_, events, surroundings_.log.part("sms"),
                  [this] { return timestamp_of(rtc_.now()); }, surroundings_.journal}},
      service_centre_{{surroundings_.timeline, pace_, surroundings_.log.part("smsc"),
                       [this](const Bytes& pdu) { return deliver_pdu(pdu); },
                       [this] { return timestamp_of(rtc_.now()); }}},
      calls_{surroundings_.timeline, pace_, events},
      ussd_{{surroundings_.timeline, pace_, events, surroundings_.log.part("ussd")}, configuration_.ussd},
      phonebooks_{surroundings_.flash},
      files_{surroundings_.flash, sealer, surroundings_.journal},
      alarm_{surroundings_.timeline, rtc_, [this](const Alarm::Setting& setting) { alarm_rings(setting); }},
      names_{surroundings_.timeline, events},
      ping_{surroundings_.timeline, events},
      locator_{surroundings_.timeline, pace_},
      time_sync_{surroundings_.timeline, events, rtc_},
      starting_{surroundings_.timeline},
      sim_starting_{surroundings_.timeline},
      switching_{surroundings_.timeline},
      call_ready_{surroundings_.timeline},
      alarm_mode_end_{surroundings_.timeline} {
  calls_.on_listed = [this](VoiceCalls::Listed list, const std::string& number) {
    switch (list) {
      // ASSUMED: LD and DC, last and dialled numbers, are the same here.
      case VoiceCalls::Listed::dialled: return phonebooks_.list_call({"LD", "DC"}, number);
      case VoiceCalls::Listed::received: return phonebooks_.list_call({"RC"}, number);
      case VoiceCalls::Listed::missed: return phonebooks_.list_call({"MC"}, number);
    }
  };
  sim_card_.on_pin = [this](std::string_view pin) { return enter_pin(pin); };
  sim_card_.on_puk = [this](std::string_view puk, std::string_view new_pin) { return unblock_pin(puk, new_pin); };
  rtc_.on_set = [this] { alarm_.clock_changed(); };
  messaging_.on_sent = [this](const Messaging::Sent& sent) { service_centre_.accept(sent); };
  if (const auto record = kept(kAlarmRecord)) alarm_.recall(*record);
  if (configuration_.network_clock) network_clock_.emplace(surroundings_.timeline, *configuration_.network_clock);
  for (int id = 0; id < kContexts; ++id) {
    contexts_[static_cast<std::size_t>(id)] = std::make_unique<PdpContext>(
        id, PdpContext::Surroundings{surroundings_.timeline, surroundings_.bearer, *this, pace_, events_,
                                     surroundings_.log, surroundings_.journal});
  }
}

// ---- power ----

void MobileEquipment::power_on() {
  if (power_ != Power::off) return;
  power_ = Power::starting;
  surroundings_.log.info("power on");
  boot_time_ = pace_.next(&Timing::boot);
  starting_.start(boot_time_, [this] { start_up(); });
}

void MobileEquipment::start_up() {
  power_ = Power::on;
  functionality_ = alarm_mode_ ? Functionality::minimum : Functionality::full;
  recall_saved();
  events_.on_event(Started{});
  if (alarm_mode_) {
    alarm_mode_end_.start(kAlarmModeLasts, [this] { power_off(); });
    return events_.on_event(AlarmModeEntered{});
  }
  events_.on_event(FunctionalityReached{functionality_});
  start_sim();
}

void MobileEquipment::power_off(PowerLoss loss) {
  if (power_ == Power::off) return;
  power_ = Power::off;
  starting_.cancel();
  sim_starting_.cancel();
  switching_.cancel();
  call_ready_.cancel();
  names_.cancel();
  ping_.cancel();
  locator_.cancel();
  time_sync_.cancel();
  for (auto& context : contexts_) {
    context->power_off(loss);
    context->access = {};
    context->name_servers = {};
  }
  registration_.stop();
  messaging_.power_off();
  calls_.end_all();
  ussd_.end();
  alarm_mode_ = false;
  alarm_mode_end_.cancel();
  files_.power_off();
  configuration_.sim.power_cycle();
  security_files_.clear_ram();
  packet_domain = {};
  refuses_messages = refuses_calls = false;
  time_told_ = false;
  tcpip = {};
  ssl = {};
  surroundings_.log.info("power off");
  events_.on_event(PoweredOff{});
}

void MobileEquipment::restart(PowerLoss loss) {
  power_off(loss);
  power_on();
}

// ---- radio and SIM ----

/// The SIM has its supply, or the holder turns out to be empty.
void MobileEquipment::start_sim() {
  sim_card_.reset();
  sim_starting_.cancel();
  sim_time_ = sim().inserted() ? pace_.next(&Timing::sim_start) : Duration::zero();
  if (sim_time_ == Duration::zero()) return sim_started();
  sim_starting_.start(sim_time_, [this] { sim_started(); });
}

void MobileEquipment::sim_started() {
  events_.on_event(SimStatusChanged{sim_status()});
  if (functionality_ == Functionality::full) radio_on();
}

void MobileEquipment::radio_on() {
  call_ready_reported_ = false;
  if (sim_status() != SimStatus::ready) return;
  registration_.begin([this] { network_tells_time(); });
  const auto since_boot = pace_.next(&Timing::call_ready) - boot_time_ - sim_time_;
  call_ready_.start(std::max(since_boot, Duration::zero()), [this] {
    call_ready_reported_ = true;
    events_.on_event(CallReady{});
  });
}

void MobileEquipment::radio_off() {
  call_ready_.cancel();
  for (int cid = 1; cid <= PacketDomain::kContexts; ++cid) {
    if (!packet_domain.context(cid).active) continue;
    events_.on_event(BearerEnded{BearerEnded::By::module, cid, bearer_address().text()});
  }
  end_bearers();
  time_told_ = false;
  calls_.lose_all();
  ussd_.end();
  registration_.stop();
}

bool MobileEquipment::end_bearers() {
  for (auto& context : contexts_) context->lose(BearerEnded::By::module);
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

// ---- what happens around the module ----

void MobileEquipment::report_voltage(SupplyVoltage::Level level) {
  if (power_ != Power::on) return;
  events_.on_event(SupplyVoltage{level});
  const bool too_much =
      level == SupplyVoltage::Level::under_power_down || level == SupplyVoltage::Level::over_power_down;
  if (too_much) power_off_soon();
}

SimStatus MobileEquipment::sim_status() const {
  if (functionality_ == Functionality::minimum && sim().inserted()) return SimStatus::not_ready;
  if (sim_starting_.running()) return SimStatus::busy;
  return sim().status();
}

Sim::PinResult MobileEquipment::enter_pin(std::string_view pin) {
  const auto result = configuration_.sim.enter_pin(pin);
  if (result == Sim::PinResult::accepted && functionality_ == Functionality::full) radio_on();
  return result;
}

Sim::PinResult MobileEquipment::unblock_pin(std::string_view puk, std::string_view new_pin) {
  const auto result = configuration_.sim.unblock(puk, new_pin);
  if (result == Sim::PinResult::accepted && functionality_ == Functionality::full) radio_on();
  return result;
}

void MobileEquipment::serve(RegistrationStatus granted, Outage outage) {
  registration_.serve(granted);
  if (registration_.registered()) return;
  calls_.lose_all();
  ussd_.end();
  if (outage == Outage::brief) return;
  for (auto& context : contexts_) context->lose(BearerEnded::By::network);
  packet_domain.deactivate_all();
}

void MobileEquipment::change_sim(Sim sim) {
  const bool radio = power_ == Power::on && functionality_ == Functionality::full;
  if (radio) radio_off();
  const bool was_inserted = configuration_.sim.inserted();
  configuration_.sim = std::move(sim);
  if (power_ != Power::on) return;
  if (configuration_.sim.inserted() != was_inserted) events_.on_event(SimMoved{});
  // Without its supply the SIM says nothing more than that.
  if (functionality_ == Functionality::minimum) return events_.on_event(SimStatusChanged{sim_status()});
  start_sim();
}

void MobileEquipment::leave_network() {
  if (functionality_ != Functionality::full) return;
  const bool ready_reported = call_ready_reported_;
  radio_off();
  call_ready_reported_ = ready_reported;
}

void MobileEquipment::rejoin_network() {
  if (functionality_ != Functionality::full || sim_status() != SimStatus::ready || registration_.registered()) return;
  registration_.begin([this] { network_tells_time(); });
}

// ---- the alarm ----

bool MobileEquipment::set_alarm(const Alarm::Setting& setting) {
  if (!alarm_.set(setting)) return false;
  keep(kAlarmRecord, alarm_.record());
  return true;
}

void MobileEquipment::clear_alarm() {
  alarm_.clear();
  keep(kAlarmRecord, alarm_.record());
}

// ASSUMED: what <power> does, and that it rings in any state of a module that is on.
void MobileEquipment::alarm_rings(const Alarm::Setting& setting) {
  keep(kAlarmRecord, alarm_.record());
  if (power_ == Power::on) {
    events_.on_event(AlarmRang{});
    if (setting.power == Alarm::Power::off) power_off_soon();
  } else if (power_ == Power::off && setting.power == Alarm::Power::on) {
    alarm_mode_ = true;
    power_on();
  }
}

// ---- the network's time ----

void MobileEquipment::network_tells_time() {
  if (!network_clock_) return;
  time_told_ = true;
  if (clock_update_ != 0) rtc_.set(network_clock_->now());
  events_.on_event(NetworkTime{});
}

std::optional<LocalTime> MobileEquipment::network_time() const {
  return time_told_ ? std::optional{network_clock_->now()} : std::nullopt;
}

int MobileEquipment::initialisation() const {
  // ASSUMED: with a SIM that waits for its PIN the module is AT ready (1) and no more.
  if (!sim().inserted() || sim_status() != SimStatus::ready) return 1;
  // ASSUMED: messages are the last to be ready (3), together with Call Ready.
  return call_ready_.running() ? 2 : 3;
}

int MobileEquipment::signal_strength() const {
  constexpr int kUnknown = 99;
  const bool searching = registration_.status(Domain::circuit_switched) == RegistrationStatus::searching;
  return functionality_ == Functionality::full && !searching ? registration_.signal_strength() : kUnknown;
}

// ---- what AT+QISCON and AT+QNTP keep ----

bool MobileEquipment::save_tcpip(int context) {
  return flash().write(tcpip_record_name(context), tcpip_record(tcpip, this->context(context).access)).has_value();
}

void MobileEquipment::set_time_server(TimeServer server) {
  time_server_ = std::move(server);
  keep(kTimeServerRecord, fmt::format("{}\n{}\n", time_server_.host, time_server_.port));
}

void MobileEquipment::keep(std::string_view record, std::string_view value) {
  if (!flash().write(record, as_bytes(value))) log().warning("{} could not be saved", record);
}

std::optional<std::string> MobileEquipment::kept(std::string_view record) {
  const auto content = flash().read(record);
  return content && *content ? std::optional{std::string{as_text(**content)}} : std::nullopt;
}

void MobileEquipment::set_clock_update(int mode) {
  clock_update_ = mode;
  keep(kClockUpdateRecord, std::to_string(mode));
}

void MobileEquipment::set_band(std::string_view band) {
  band_ = band;
  keep(kBandRecord, band);
}

bool MobileEquipment::prefer_operator(int index, std::string_view number) {
  auto changed = preferred_operators_;
  changed.at(static_cast<std::size_t>(index - 1)) = number;
  std::string record;
  for (const auto& each : changed) record += each + '\n';
  if (!flash().write(kPreferredOperatorsRecord, as_bytes(record))) return false;
  preferred_operators_ = std::move(changed);
  return true;
}

void MobileEquipment::recall_preferred_operators() {
  auto record = kept(kPreferredOperatorsRecord).value_or("");
  for (auto& each : preferred_operators_) {
    const auto length = std::min(record.find('\n'), record.size());
    each = record.substr(0, length);
    record.erase(0, length + 1);
  }
}

void MobileEquipment::recall_saved() {
  recall_preferred_operators();
  if (const auto mode = kept(kClockUpdateRecord)) clock_update_ = std::atoi(mode->c_str());
  if (const auto band = kept(kBandRecord)) band_ = *band;
  // ASSUMED: what both contexts share comes from context 0, the foreground after a start.
  for (int id = kContexts - 1; id >= 0; --id) {
    const auto record = flash().read(tcpip_record_name(id));
    if (record && *record) recall_tcpip(**record, tcpip, context(id).access);
  }
  if (const auto server = kept(kTimeServerRecord)) {
    const auto end = server->find('\n');
    const auto port = end == std::string::npos ? 0 : std::atoi(server->c_str() + end + 1);
    if (port > 0 && port <= 65535) time_server_ = {server->substr(0, end), static_cast<std::uint16_t>(port)};
  }
}

// ---- messages and calls ----

Messaging::Delivery MobileEquipment::deliver_sms(std::string_view from, std::string_view text,
                                                 std::optional<sms::Timestamp> time) {
  const auto number = sms::parse_number(from);
  const auto originator = number ? *number : sms::named(sms::from_utf8(from));
  const auto messages =
      sms::deliveries(originator, sms::from_utf8(text), time.value_or(timestamp_of(rtc_.now())), ++concatenations_);
  std::vector<Bytes> parts;
  for (const auto& message : messages) {
    parts.push_back(sms::encode(sms::Pdu{messaging_.centre(), sms::encode(message)}));
  }
  return service_centre_.deliver(std::move(parts));
}

Messaging::Delivery MobileEquipment::deliver_pdu(const Bytes& pdu) {
  return in_service() && !refuses_messages ? messaging_.deliver(pdu) : Messaging::Delivery::failed;
}

bool MobileEquipment::ring(std::string_view number) {
  return in_service() && !refuses_calls && !forwarding.diverts_voice() && calls_.ring(std::string{number});
}

// ---- contexts ----

std::optional<std::string> MobileEquipment::objection(const PdpContext& context) const {
  const auto& access = context.access;
  if (access.mode != 1) return "AT+QICSGP=0 asks for CSD, which is not there";
  if (!registration_.attached()) return "not attached to the packet domain";
  const int cid = context.id() + 1;
  // MANUAL SSL 1.4.1 item 4.
  if (packet_domain.context(cid).active) {
    return fmt::format("AT+CGACT has activated context {} already; AT+CGACT=0,{} first", cid, cid);
  }
  if (!access_points.has(access.apn)) return access_points.refusal(access.apn);
  return std::nullopt;
}

// ---- SSL ----

bool MobileEquipment::transparent_besides(int context, int index) const {
  for (const auto& each : contexts_) {
    for (int other = 0; other < kSockets; ++other) {
      const auto* socket = std::as_const(*each).socket(other);
      const bool this_one = each->id() == context && other == index;
      const bool transparent =
          socket && socket->live() && socket->target().delivery == Connection::Delivery::transparent;
      if (transparent && !this_one) return true;
    }
  }
  return false;
}

PdpContext::Opening MobileEquipment::open_secure(int context, int index, int ssl_context, Connection::Target target) {
  const auto& settings = ssl.contexts.at(static_cast<std::size_t>(ssl_context));
  const auto log = surroundings_.log.part(fmt::format("socket{}", index));
  const auto make_session = [&, host = target.host]() -> std::unique_ptr<tls::ClientSession> {
    auto config = tls_config(settings);
    if (config && on_tls_config) on_tls_config(host, *config);
    if (!config) {
      log.warning("{}", config.error());
      return nullptr;
    }
    auto session = tls::ClientSession::create(*config, surroundings_.random, log.part("tls"));  // logs its own reason
    return session ? std::move(*session) : nullptr;
  };
  if (on_secure_host) target.looked_up = on_secure_host(target.host);
  const auto handshake = settings.security == SecurityLevel::none     ? &Timing::tls_plain
                         : settings.security == SecurityLevel::server ? &Timing::tls_server
                                                                      : &Timing::tls_mutual;
  return this->context(context).open_secure(index, std::move(target), make_session, pace_.next(handshake));
}

tl::expected<tls::ClientConfig, std::string> MobileEquipment::tls_config(const SslContext& settings) {
  tls::ClientConfig config;
  if (settings.version != kAllVersions) {
    config.lowest = config.highest = static_cast<tls::Version>(settings.version);
  }
  if (!settings.suites.empty()) config.suites = settings.suites;
  if (!ssl.ignore_rtc_time) config.clock = rtc_.utc();
  config.key_log = configuration_.key_log;

  const auto file = [this](std::string_view what, const std::string& name) -> tl::expected<Bytes, std::string> {
    const auto parsed = security_file(name);
    auto content = parsed ? security_files_.open(*parsed) : tl::unexpected{storage::StoreError::not_found};
    if (content) return std::move(*content);
    return tl::unexpected{
        fmt::format("{} \"{}\" {}", what, name,
                    content.error() == storage::StoreError::not_found ? "does not exist" : "is damaged")};
  };

  // SSL 2.2.1 note 2: server authentication needs the CA, both sides need all three files.
  if (settings.security == SecurityLevel::none) return config;
  config.verification = tls::Verification::server;
  auto ca = file("cacert", settings.ca_certificate);
  if (!ca) return tl::unexpected{ca.error()};
  config.ca_certificates = std::move(*ca);
  if (settings.security == SecurityLevel::server) return config;

  auto certificate = file("clientcert", settings.client_certificate);
  if (!certificate) return tl::unexpected{certificate.error()};
  auto key = file("clientkey", settings.client_key);
  if (!key) return tl::unexpected{key.error()};
  config.client_certificate = std::move(*certificate);
  config.client_key = std::move(*key);
  return config;
}

}  // namespace quasimodem::device
