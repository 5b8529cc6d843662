// SPDX-License-Identifier: Apache-2.0
// Every unsolicited result code of the module, in one place (M66 16.6, SSL 2.2.10, at-reference 2.6).
#include "emulator/commands/urcs.hpp"

#include <chrono>
#include <variant>
#include <vector>

#include <fmt/core.h>

#include "atcmd/syntax/meaning.hpp"
#include "emulator/commands/character_set.hpp"
#include "emulator/commands/ftp_text.hpp"
#include "emulator/commands/http_text.hpp"
#include "emulator/commands/mail_text.hpp"
#include "emulator/commands/message_text.hpp"
#include "emulator/commands/mqtt_text.hpp"
#include "emulator/commands/tcpip_text.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/network_clock.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/tcpip_settings.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Line;
using atcmd::ResponseWriter;
using atcmd::Urc;

constexpr Line kUrcLines[] = {
    {"RDY", Line::urc, "switched on and listening; appears with a fixed rate (AT+IPR) only", "M66 16.6"},
    {"SMS Ready", Line::urc, "the short message storage has been read", "M66 16.6"},
    {"UNDER_VOLTAGE WARNING[ ]", Line::urc, "the supply is low: below 3.5 V", "M66 16.6"},
    {"UNDER_VOLTAGE POWER DOWN[ ]", Line::urc, "the supply was too low: switched off", "M66 16.6"},
    {"OVER_VOLTAGE WARNING[ ]", Line::urc, "the supply is high", "M66 16.6"},
    {"OVER_VOLTAGE POWER DOWN[ ]", Line::urc, "the supply was too high: switched off", "M66 16.6"},
};

Urc line(std::string words) {
  return [words = std::move(words)](ResponseWriter& writer) { writer.unsolicited(words); };
}

Urc lines(std::vector<std::string> words) {
  return [words = std::move(words)](ResponseWriter& writer) { writer.information(words); };
}

Urc each_line(std::vector<std::string> words) {
  return [words = std::move(words)](ResponseWriter& writer) {
    for (const auto& each : words) writer.unsolicited(each);
  };
}

long long milliseconds(Duration time) { return std::chrono::duration_cast<std::chrono::milliseconds>(time).count(); }

/// AT+QINDI=0: data goes to the UART as it comes (at-reference 2.5).
void push_data(ResponseWriter& writer, device::MobileEquipment& me, const device::DataArrived& event) {
  const auto [context, index, role] = event;
  constexpr std::size_t kPacket = 1460;
  auto* socket = me.context(context).socket(index, role);
  const auto& settings = me.tcpip;
  while (socket && socket->available() > 0) {
    const auto data = socket->receive(kPacket);
    if (settings.multiple_sessions) {
      writer.unsolicited(fmt::format("+RECEIVE: {}, {}", index, data.size()));
      writer.raw(data);
      continue;
    }
    if (settings.show_remote) writer.bare_line(fmt::format("RECV FROM: {}", socket->peer()->text()));
    if (settings.show_local) writer.bare_line(fmt::format("TO:{}", me.context(context).query_local_address()->text()));
    if (settings.head) {
      const auto protocol = socket->transport() == net::Transport::tcp ? "(TCP)" : "(UDP)";
      writer.raw(as_bytes(fmt::format("IPD{}{}:", data.size(), settings.show_protocol ? protocol : "")));
    }
    writer.raw(data);
  }
}

// OBSERVED: logs, at-reference 5. ASSUMED: a withheld number is empty, with type 128 and <CLI validity> 1.
std::string caller_line(const std::string& number) {
  if (number.empty()) return "+CLIP: \"\",128,\"\",,\"\",1";
  return fmt::format("+CLIP: \"{}\",{},\"\",,\"\",0", number, number.starts_with('+') ? 145 : 129);
}

// MANUAL M66 12.10 (example): a blank before <dcs>. OBSERVED: an M35 writes none (FR 1).
std::string supplementary_line(const device::SupplementaryAnswer& answer, std::string_view character_set, bool blank) {
  if (answer.text.empty()) return fmt::format("+CUSD: {}", answer.mode);
  const auto text = device::sms::from_utf8(answer.text);
  constexpr int kGsm = 15, kUcs2 = 72;
  const bool gsm = device::sms::to_septets(text).has_value();
  const auto shown = gsm ? shown_text(text, character_set) : device::sms::to_hex(device::sms::to_ucs2(text));
  return fmt::format("+CUSD: {},\"{}\",{}{}", answer.mode, shown, blank ? " " : "", gsm ? kGsm : kUcs2);
}

class Wording {
 public:
  explicit Wording(Session& session) : session_{session}, settings_{session.settings}, me_{session.me} {}

  Urc operator()(const device::Started&) const { return line("RDY"); }
  Urc operator()(const device::FunctionalityReached& event) const {
    return line(fmt::format("+CFUN: {}", static_cast<int>(event.functionality)));
  }
  Urc operator()(const device::SimStatusChanged& event) const { return line(sim_status_line(event.status)); }
  Urc operator()(const device::SimMoved&) const {
    return settings_.sim_report ? line(sim_holder_line(session_)) : Urc{};
  }
  Urc operator()(const device::CallReady&) const {
    return settings_.initialisation_report ? line("Call Ready") : Urc{};
  }
  Urc operator()(const device::RegistrationChanged& event) const {
    const bool circuit = event.domain == device::Domain::circuit_switched;
    const auto report = circuit ? settings_.registration_report : settings_.packet_registration_report;
    if (report == RegistrationReport::none) return {};
    return line(fmt::format("{}: {}", circuit ? "+CREG" : "+CGREG", registration_fields(me_, report, event.domain)));
  }

  Urc operator()(const device::Connected& event) const { return line(of_socket(me_.tcpip, event.index, "CONNECT OK")); }
  Urc operator()(const device::ConnectFailed& event) const {
    return line(of_socket(me_.tcpip, event.index, "CONNECT FAIL"));
  }
  Urc operator()(const device::RemoteClosed& event) const { return line(of_socket(me_.tcpip, event.index, "CLOSED")); }
  Urc operator()(const device::ContextLost&) const { return line("+PDP DEACT"); }
  // ASSUMED: the quotes and blanks, as in the example of 27.007 10.1.19.
  Urc operator()(const device::BearerEnded& event) const {
    if (!settings_.packet_events) return {};
    const auto by = event.by == device::BearerEnded::By::network ? "NW" : "ME";
    return line(fmt::format("+CGEV: {} DEACT \"IP\",\"{}\",{}", by, event.address, event.cid));
  }

  Urc operator()(const device::DataArrived& event) const {
    const auto* socket = me_.context(event.context).socket(event.index, event.role);
    if (!socket) return {};
    if (socket->secure()) return line(fmt::format("+QSSLURC: \"recv\",{},{}", event.context, event.index));
    if (me_.tcpip.notify == device::Notify::every_packet) return {};  // every packet speaks for itself
    if (me_.tcpip.notify == device::Notify::once) {
      return line(fmt::format("+QIRDI: {},{},{}", event.context, static_cast<int>(event.role), event.index));
    }
    return [&me = me_, event](ResponseWriter& writer) { push_data(writer, me, event); };
  }
  // AT+QINDI=2                                                                                             [MC60 11.30]
  Urc operator()(const device::PacketArrived& event) const {
    if (me_.tcpip.notify != device::Notify::every_packet) return {};
    return line(fmt::format("+QIRDI: {},{},{},{},{},{}", event.context, static_cast<int>(event.role), event.index,
                            event.waiting, event.length, event.octets));
  }

  Urc operator()(const device::ServerOpened& event) const {
    return line(event.succeeded ? "SERVER OK" : "CONNECT FAIL");
  }
  Urc operator()(const device::ClientArrived& event) const {
    const auto* socket = me_.context(event.context).socket(event.index, device::Role::server);
    if (!socket) return {};
    return line(of_socket(me_.tcpip, event.index, fmt::format("REMOTE IP: {}", socket->peer()->address.text())));
  }

  Urc operator()(const device::NameLookedUp& event) const {
    if (event.error != device::NameLookedUp::Error::none) {
      return lines({fmt::format("ERROR: {}", static_cast<int>(event.error)),
                    fmt::format("STATE: {}", state_text(me_.context(event.context)))});
    }
    // ASSUMED: one line of its own for every address (M66 11.13 shows one only, drivers expect more: quirk Q38).
    return [addresses = event.addresses](ResponseWriter& writer) {
      for (const auto& address : addresses) writer.unsolicited(address.text());
    };
  }
  Urc operator()(const device::PingAnswered& event) const {
    if (!event.answer) return line("+QPING: 1");
    return line(fmt::format("+QPING: 0,{},{},{},{}", event.peer.text(), event.answer->size,
                            milliseconds(event.answer->time), event.answer->ttl));
  }
  Urc operator()(const device::PingFinished& event) const {
    if (event.result != device::PingFinished::Result::done) {
      return line(fmt::format("+QPING: {}", static_cast<int>(event.result)));
    }
    const auto& all = event.statistics;
    return line(fmt::format("+QPING: 2,{},{},{},{},{},{}", all.sent, all.received, all.sent - all.received,
                            milliseconds(all.shortest), milliseconds(all.longest),
                            all.received ? milliseconds(all.total / all.received) : 0));
  }
  Urc operator()(const device::TimeSynchronised& event) const {
    return line(fmt::format("+QNTP: {}", static_cast<int>(event.result)));
  }

  Urc operator()(const device::HttpDownloaded& event) const { return line(download_line(event)); }
  Urc operator()(const device::MqttResult& event) const { return line(mqtt_result_line(event)); }
  // The event goes along: the broker sends on when it was written.
  Urc operator()(const device::MqttReceived& event) const {
    return [event, &me = me_](ResponseWriter& writer) { writer.unsolicited(mqtt_message_line(event, me)); };
  }
  Urc operator()(const device::MqttEnded& event) const { return line(mqtt_ending_line(event)); }
  Urc operator()(const device::FtpFinished& event) const { return each_line(ftp_result(me_, event)); }
  Urc operator()(const device::MailSent& event) const { return line(mail_line(me_, event)); }

  Urc operator()(const device::SecureOpened& event) const {
    return line(fmt::format("+QSSLOPEN: {},{}", event.index, static_cast<int>(event.code)));
  }
  Urc operator()(const device::SecureClosed& event) const {
    return line(fmt::format("+QSSLURC: \"closed\",{}", event.index));
  }

  Urc operator()(const device::NetworkTime&) const {
    const auto now = me_.network_clock().time();
    std::vector<std::string> words;
    if (!now) return {};
    if (settings_.network_time_report) words.push_back(fmt::format("+QNITZ: \"{},0\"", device::to_text(*now)));
    // ASSUMED: the quotes, and the time in the long form.
    if (settings_.zone_report == ZoneReport::zone)
      words.push_back(fmt::format("+CTZV: \"{:+03}\"", now->quarter_hours));
    if (settings_.zone_report == ZoneReport::zone_and_time) {
      words.push_back(fmt::format("+CTZE: \"{:+03}\",0,\"{}\"", now->quarter_hours, device::to_text(*now)));
    }
    if (words.empty()) return {};
    return [words](ResponseWriter& writer) {
      for (const auto& each : words) writer.unsolicited(each);
    };
  }
  Urc operator()(const device::MessageStored& event) const {
    if (!event.report && settings_.messages.show_messages == device::MessageReport::none) return {};  // AT+CNMI <mt>
    return line(fmt::format("{}: \"{}\",{}", event.report ? "+CDSI" : "+CMTI", memory_name(event.memory), event.index));
  }
  Urc operator()(const device::MessageShown& event) const {
    return [lines = shown_lines(event.pdu, settings_)](ResponseWriter& writer) { writer.information(lines); };
  }

  Urc operator()(const device::CallRings& event) const {
    return [settings = settings_.calls, number = event.number](ResponseWriter& writer) {
      if (settings.extended) {
        writer.unsolicited("+CRING: VOICE");
      } else {
        writer.result(atcmd::ResultCode::ring);
      }
      if (settings.caller) writer.unsolicited(caller_line(number));
    };
  }
  Urc operator()(const device::CallWaits& event) const {
    if (!settings_.calls.waiting) return {};
    // ASSUMED: 27.007 7.12, class 1 (voice); a withheld number is empty, with type 128.
    const int type = event.number.empty() ? 128 : event.number.starts_with('+') ? 145 : 129;
    return line(fmt::format("+CCWA: \"{}\",{},1", event.number, type));
  }
  Urc operator()(const device::CallAlerting&) const { return settings_.calls.progress ? line("MO RING") : Urc{}; }
  Urc operator()(const device::CallAnswered&) const { return settings_.calls.progress ? line("MO CONNECTED") : Urc{}; }
  Urc operator()(const device::CallEnded& event) const {
    const auto code = call_result(event.end, settings_.dialogue.call_progress);
    return [code](ResponseWriter& writer) { writer.result(code); };
  }
  Urc operator()(const device::SupplementaryAnswer& event) const {
    if (!settings_.calls.services) return {};
    return line(supplementary_line(event, settings_.character_set, me_.firmware().cusd_blank));
  }

  Urc operator()(const device::SocketWritable&) const { return {}; }
  Urc operator()(const device::SignalChanged&) const { return {}; }  // an indicator, +CIEV
  Urc operator()(const device::PoweredOff&) const { return {}; }
  // MANUAL M66 14.2.
  Urc operator()(const device::AlarmRang&) const { return line("ALARM RING"); }
  Urc operator()(const device::AlarmModeEntered&) const { return line("ALARM MODE"); }
  // MANUAL M66 16.6. OBSERVED: the SDK's table has one blank behind the words (at-reference 2.6).
  Urc operator()(const device::SupplyVoltage& event) const {
    switch (event.level) {
      case device::SupplyVoltage::Level::under_warning: return line("UNDER_VOLTAGE WARNING ");
      case device::SupplyVoltage::Level::under_power_down: return line("UNDER_VOLTAGE POWER DOWN ");
      case device::SupplyVoltage::Level::over_warning: return line("OVER_VOLTAGE WARNING ");
      case device::SupplyVoltage::Level::over_power_down: return line("OVER_VOLTAGE POWER DOWN ");
    }
    return {};
  }

 private:
  Session& session_;
  const Settings& settings_;
  device::MobileEquipment& me_;
};

}  // namespace

std::span<const Line> urcs_of_no_command() { return kUrcLines; }

Urc urc_for(const device::Event& event, Session& session) { return std::visit(Wording{session}, event); }

// ATX 0–2 do not know a busy tone (M66 2.17).
atcmd::ResultCode call_result(device::CallEnd end, int call_progress) {
  switch (end) {
    case device::CallEnd::busy: return call_progress >= 3 ? atcmd::ResultCode::busy : atcmd::ResultCode::no_carrier;
    case device::CallEnd::no_answer: return atcmd::ResultCode::no_answer;
    case device::CallEnd::no_carrier: break;
  }
  return atcmd::ResultCode::no_carrier;
}

std::string sim_holder_line(Session& session) {
  return fmt::format("+QSIMSTAT: {},{}", session.settings.sim_report ? 1 : 0, session.me.sim().inserted() ? 1 : 0);
}

std::string sim_status_line(device::SimStatus status) {
  switch (status) {
    case device::SimStatus::not_inserted: return "+CPIN: NOT INSERTED";
    case device::SimStatus::not_ready:
    case device::SimStatus::busy: return "+CPIN: NOT READY";
    case device::SimStatus::pin_needed: return "+CPIN: SIM PIN";
    case device::SimStatus::puk_needed: return "+CPIN: SIM PUK";
    case device::SimStatus::blocked: return "+CPIN: NOT READY";
    case device::SimStatus::ready: return "+CPIN: READY";
  }
  return {};
}

std::string registration_fields(device::MobileEquipment& me, RegistrationReport report, device::Domain domain) {
  const auto& registration = me.registration();
  const auto status = registration.status(domain);
  const bool registered = status == device::RegistrationStatus::home || status == device::RegistrationStatus::roaming;
  if (report != RegistrationReport::with_cell || !registered) return fmt::format("{}", static_cast<int>(status));
  return fmt::format("{},\"{}\",\"{}\"", static_cast<int>(status), registration.location_area(), registration.cell());
}

}  // namespace quasimodem::commands
