// SPDX-License-Identifier: Apache-2.0
#include "emulator/faults/faults.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "emulator/device/events.hpp"
#include "emulator/device/ftp.hpp"
#include "emulator/device/http.hpp"
#include "emulator/device/mailer.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/mqtt.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pace.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/service_centre.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/device/timing.hpp"
#include "emulator/faults/fault_table.hpp"
#include "emulator/terminal/terminals.hpp"
#include "tls/client_session.hpp"

namespace quasimodem::emulator {
namespace {

using device::RegistrationStatus;
using device::Timing;
using Outage = device::Outage;

// A CA that signed nothing and whose key nobody has.
constexpr std::string_view kNobody =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICADCCAWmgAwIBAgIUC84+ThL9rgOrn2mjD3y3jmbFJpQwDQYJKoZIhvcNAQEL\n"
    "BQAwETEPMA0GA1UEAwwGTm9ib2R5MCAXDTI2MTEyNDE2MDYzMFoYDzIxMjYxMDMx\n"
    "MTYwNjMwWjARMQ8wDQYDVQQDDAZOb2JvZHkwgZ8wDQYJKoZIhvcNAQEBBQADgY0A\n"
    "MIGJAoGBANflyuBE8nA+N2FGaFxGSf94Sv00y9dJr2kG4n9E+frMB2YKVpNmrovY\n"
    "i+5yRPrrGj4yrrzkcTlpZ2Z3n/i92CB01FX+jtt+fYv+QzrwQCjA1uAAfZo0ZzE5\n"
    "efFd3TQjZ187+waUCcqBS/5R9PP42ltzfrqdsJ7Xgy1El9+hd92VAgMBAAGjUzBR\n"
    "MB0GA1UdDgQWBBQUx/eevBjEKfBYLFPlskn5hfMDbDAfBgNVHSMEGDAWgBQUx/ee\n"
    "vBjEKfBYLFPlskn5hfMDbDAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUA\n"
    "A4GBAL73HdvB9VP6TuLMGA1Q7IohweM69SrjoF5lTnSsdGh8nevVyKu3sbCOegNc\n"
    "uMGvZVMjLCILlc12P0yhkpG2lqBgQwgNaDx7Sg2RGx5FDZ0qkhmbpsrxYeE7iaHa\n"
    "Mwxq9mqaQfsIuCnlnsuZGSIADcQAPldHVxYtz6IqUO0ycDFA\n"
    "-----END CERTIFICATE-----\n";

// When every certificate of the module's time has expired.
constexpr auto kTooLate = std::chrono::sys_days{std::chrono::year{2999} / 1 / 1};

}  // namespace

Faults::Faults(Timeline& timeline, std::uint64_t seed, const Logger& log, Journal journal)
    : timeline_{timeline},
      log_{log.part("fault")},
      journal_{journal},
      book_{timeline, seed},
      commands_{timeline, book_},
      dtr_{[this] { return modem_->line(Line::dtr); }, [this](bool level) { modem_->set_line(Line::dtr, level); }},
      sim_{[this] { return modem_->me().sim(); },
           [this](const device::Sim& sim) { modem_->me().outside().change_sim(sim); }},
      coverage_{[this] {
                  return Coverage{modem_->me().registration().granted(), Outage::lasting};
                },
                [this](const Coverage& coverage) { modem_->me().outside().serve(coverage.granted, coverage.outage); }},
      signal_{[this] { return modem_->me().registration().signal_strength(); },
              [this](int rssi) { modem_->me().registration().set_signal_strength(rssi); }},
      rates_{[this] {
               const auto& timing = weather_->pace().timing();
               return Rates{timing.down_kbit_s, timing.up_kbit_s};
             },
             [this](const Rates& rates) { weather_->bearer().set_rates(rates.down, rates.up); }} {
  book_.on_added = [this](FaultBook::Entry& entry) { added(entry); };
  book_.on_removed = [this](int id) {
    end(id);
    running_.erase(id);
  };
  book_.on_fired = [this](const FaultFiring& firing) {
    log_.info("{} {}: {}", firing.id, firing.rule.name, firing.subject);
    journal_.write(RecordKind::fault, {{"id", firing.id}, {"name", firing.rule.name}, {"subject", firing.subject}});
    if (on_fired) on_fired(firing);
  };
  commands_.on_command = [this](std::string_view words) { command(words); };
}

Faults::~Faults() = default;

void Faults::plug_in(Modem& modem, Weather& weather) {
  modem_ = &modem;
  weather_ = &weather;
  modem.terminals().around = [this](const auto& typed, auto& channel, const auto& command) {
    return commands_.run(typed, modem_->terminals().errors_of(typed), channel, command);
  };
  plug_in_line();
  plug_in_sim();
  plug_in_network();
  plug_in_messages();
  plug_in_power();
  plug_in_delays();
  plug_in_services();
}

tl::expected<int, std::string> Faults::add(std::string_view spec) {
  auto rule = parse_fault(spec);
  if (!rule) return tl::unexpected{rule.error()};
  return add(std::move(*rule));
}

// ---- by the clock

void Faults::added(FaultBook::Entry& entry) {
  if (fault_kind(entry.rule.name)->trigger != FaultTrigger::clock) return;
  running_[entry.id] = std::make_unique<Clockwork>(timeline_);
  if (entry.rule.match.empty()) schedule(entry.id, entry.rule.after);
}

void Faults::command(std::string_view words) {
  for (const auto& [id, clockwork] : running_) {
    const auto& match = book_.find(id)->rule.match;
    const bool meant = !match.empty() && words.find(match) != std::string_view::npos;
    if (meant && !clockwork->next.running()) schedule(id, book_.find(id)->rule.after);
  }
}

void Faults::schedule(int id, Duration after) {
  running_.at(id)->next.start(after, [this, id] { fire(id); });
}

void Faults::fire(int id) {
  auto& entry = *book_.find(id);
  const auto every = entry.rule.time("every", {});
  if (every > Duration::zero()) schedule(id, every);
  end(id);
  if (!modem_ || !book_.strike(entry, entry.rule.match)) return;
  auto effect = begin_.at(entry.rule.name)(entry.rule);
  if (!effect.undo) return;
  auto& clockwork = *running_.at(id);
  clockwork.undo = std::move(effect.undo);
  const auto lasting = entry.rule.lasting ? entry.rule.lasting : effect.lasting;
  if (lasting) clockwork.end.start(*lasting, [this, id] { end(id); });
}

void Faults::end(int id) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  found->second->end.cancel();
  if (const auto undo = std::exchange(found->second->undo, {})) undo();
}

// ---- what each does

void Faults::set_dtr(bool level) {
  if (dtr_.covered()) return dtr_.set_beneath(level);
  modem_->set_line(Line::dtr, level);
}

void Faults::plug_in_line() {
  // ASSUMED: a line that fails for a second, as a loose plug does; the module looks at DTR as at the host's own.
  begin_["uart.dtr"] = [this](const FaultRule&) { return Effect{dtr_.put(false), 1s}; };
}

void Faults::plug_in_sim() {
  // ASSUMED: the module sees at once that the SIM is gone or another one, as with AT+QSIMDET; without a detect line it
  // would notice at its next access.
  begin_["sim.removed"] = [this](const FaultRule&) { return Effect{sim_.put(device::Sim::none())}; };
  begin_["sim.pin"] = [this](const FaultRule& rule) {
    return Effect{sim_.put(device::Sim::with_pin(rule.text("pin", "1234")))};
  };
  begin_["sim.puk"] = [this](const FaultRule&) { return Effect{sim_.put(device::Sim::with_puk())}; };
}

Faults::Begin Faults::service(RegistrationStatus status, Outage outage) {
  return [this, status, outage](const FaultRule&) { return Effect{coverage_.put({status, outage})}; };
}

void Faults::plug_in_network() {
  // ASSUMED: a network that refuses or is gone takes the contexts with it; a cell that is lost for a while does not
  // (GPRS keeps them until its own timers end).
  begin_["network.denied"] = service(RegistrationStatus::denied, Outage::lasting);
  begin_["network.lost"] = service(RegistrationStatus::searching, Outage::lasting);
  begin_["network.search"] = service(RegistrationStatus::searching, Outage::brief);
  begin_["network.roaming"] = service(RegistrationStatus::roaming, Outage::lasting);
  begin_["signal.drop"] = [this](const FaultRule& rule) { return Effect{signal_.put(rule.number("rssi", 3))}; };
  // ASSUMED: a network that takes contexts away takes both.
  begin_["pdp.drop"] = [this](const FaultRule&) {
    for (int id = 0; id < device::kContexts; ++id) modem_->me().outside().lose_context(id);
    return Effect{};
  };
  begin_["bearer.outage"] = [this](const FaultRule& rule) {
    const auto length = rule.lasting.value_or(10s);
    const auto stall = weather_->bearer().stall(length);
    return Effect{[this, stall] { weather_->bearer().go_on(stall); }, length};
  };
  begin_["bearer.rate"] = [this](const FaultRule& rule) {
    return Effect{
        rates_.put({static_cast<double>(rule.number("down", 10)), static_cast<double>(rule.number("up", 5))})};
  };
}

void Faults::plug_in_messages() {
  modem_->me().messaging().refuses = [this](const device::sms::Submit& message) -> std::optional<int> {
    constexpr int kTransferRejected = 21;
    const auto* rule = book_.strike("sms.refuse", device::sms::number_text(message.destination));
    return rule ? std::optional{rule->number("cause", kTransferRejected)} : std::nullopt;
  };
  modem_->me().service_centre().judges = [this](const device::sms::Submit& message) -> std::optional<std::uint8_t> {
    const auto* rule = book_.strike("sms.undelivered", device::sms::number_text(message.destination));
    if (!rule) return std::nullopt;
    const auto status = rule->number("status", device::delivery_status::kFailed);
    return static_cast<std::uint8_t>(std::min(status, device::delivery_status::kHighest));
  };
}

void Faults::plug_in_power() {
  auto& me = modem_->me();
  begin_["power.down"] = [this, &me](const FaultRule&) {
    if (me.power() == device::Power::on) modem_->power_key();
    return Effect{};
  };
  begin_["power.under_voltage"] = [&me](const FaultRule& rule) {
    using Level = device::SupplyVoltage::Level;
    me.outside().report_voltage(Level::under_warning);
    if (rule.number("down", 0) != 0) me.outside().report_voltage(Level::under_power_down);
    return Effect{};
  };
  // ASSUMED: before the RDY of a watchdog's restart the module says nothing, and it loses what a power cut loses.
  begin_["power.watchdog"] = [&me](const FaultRule&) {
    me.restart(device::PowerLoss::sudden);
    return Effect{};
  };
  // ASSUMED: a module that was on starts by itself when the supply comes back, as with PWRKEY tied to ground.
  begin_["power.brownout"] = [this](const FaultRule&) {
    modem_->cut_supply();
    return Effect{[this] { modem_->me().power_on(); }, 200ms};
  };
}

void Faults::plug_in_delays() {
  auto& me = modem_->me();
  me.pace().on_drawn = [this](device::Delay Timing::*kind, Duration drawn) {
    if (kind != &Timing::attach) return drawn;
    const auto* rule = book_.strike("attach.timeout", "attach");
    return rule ? drawn + rule->time("time", 3min) : drawn;
  };
  weather_->pace().on_drawn = [this](device::Delay Timing::*kind, Duration drawn) {
    if (kind != &Timing::round_trip) return drawn;
    const auto* rule = book_.strike("bearer.latency", "round_trip");
    if (!rule) return drawn;
    const auto jitter = rule->time("jitter", {}).count();
    const auto more =
        jitter > 0 ? static_cast<std::int64_t>(book_.draw(*rule) % static_cast<std::uint64_t>(jitter)) : 0;
    return drawn + rule->time("time", 1s) + Duration{more};
  };
  for (int id = 0; id < device::kContexts; ++id) {
    me.context(id).grants = [this, subject = fmt::format("context {}", id)] {
      return !book_.strike("pdp.refuse", subject);
    };
  }
  me.ssl().on_secure_host = [this](std::string_view host) {
    const auto* rule = book_.strike("tls.wrong_host", host);
    return rule ? rule->text("to", host) : std::string{};
  };
  me.ssl().on_tls_config = [this](std::string_view host, tls::ClientConfig& config) {
    if (config.verification == tls::Verification::none) return;
    if (config.clock && book_.strike("tls.expired", host)) config.clock = kTooLate;
    if (book_.strike("tls.unknown_ca", host)) config.ca_certificates = to_bytes(kNobody);
  };
}

void Faults::plug_in_services() {
  auto& http = modem_->me().http();
  http.on_status = [this](std::string_view url) -> std::optional<int> {
    constexpr int kUnavailable = 503;
    const auto* rule = book_.strike("http.status", url);
    return rule ? std::optional{rule->number("status", kUnavailable)} : std::nullopt;
  };
  http.on_stall = [this](std::string_view url) { return book_.strike("http.stall", url) != nullptr; };
  http.on_truncate = [this](std::string_view url) -> std::optional<std::size_t> {
    const auto* rule = book_.strike("http.truncate", url);
    return rule ? std::optional{static_cast<std::size_t>(rule->number("size", 0))} : std::nullopt;
  };
  auto& mqtt = modem_->me().mqtt();
  mqtt.on_refuse = [this](std::string_view client) -> std::optional<int> {
    constexpr int kNotAuthorized = 5;
    const auto* rule = book_.strike("mqtt.refuse", client);
    return rule ? std::optional{rule->number("code", kNotAuthorized)} : std::nullopt;
  };
  mqtt.on_drop = [this](std::string_view topic) { return book_.strike("mqtt.drop", topic) != nullptr; };
  auto& ftp = modem_->me().ftp();
  ftp.on_command = [this](std::string_view command) -> std::optional<std::string> {
    constexpr int kNotDone = 550;
    const auto* rule = book_.strike("ftp.refuse", command);
    if (!rule) return std::nullopt;
    return fmt::format("{} {}", rule->number("code", kNotDone), rule->text("text", "Refused."));
  };
  ftp.on_transfer = [this](std::string_view name) -> std::optional<std::size_t> {
    const auto* rule = book_.strike("ftp.break", name);
    return rule ? std::optional{static_cast<std::size_t>(rule->number("size", 0))} : std::nullopt;
  };
  modem_->me().mailer().on_command = [this](std::string_view command) -> std::optional<int> {
    constexpr int kNotTaken = 554;
    const auto* rule = book_.strike("smtp.refuse", command);
    return rule ? std::optional{rule->number("code", kNotTaken)} : std::nullopt;
  };
}

}  // namespace quasimodem::emulator
