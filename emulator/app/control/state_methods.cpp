// SPDX-License-Identifier: Apache-2.0
// The module's state: shown, taken away as one value, and put back. No key material in any of it.
#include <chrono>

#include <fmt/core.h>

#include "emulator/app/base/clock_text.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/snapshot.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/commands/tcpip_text.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/ftp.hpp"
#include "emulator/device/http.hpp"
#include "emulator/device/mailer.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/mqtt.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/event_records.hpp"
#include "emulator/terminal/terminal.hpp"

namespace quasimodem::app::control {
namespace {

using device::MobileEquipment;

Json sim_state(MobileEquipment& me) {
  return JsonObject{{"status", emulator::word_of(me.sim_status())},
                    {"pin_tries", me.sim().pin_tries()},
                    {"puk_tries", me.sim().puk_tries()}};
}

Json network_state(MobileEquipment& me) {
  const auto& registration = me.registration();
  return JsonObject{
      {"registration", emulator::word_of(registration.status(device::Domain::circuit_switched))},
      {"attachment", emulator::word_of(registration.status(device::Domain::packet_switched))},
      {"operator", registration.operator_name()},
      {"apn", me.access_points.text()},
      {"rssi", me.signal_strength()},
      {"ber", registration.bit_error_rate()},
  };
}

Json socket_state(const device::Stream& socket, int index) {
  return JsonObject{{"socket", index},
                    {"transport", socket.secure() ? "SSL" : commands::transport_text(socket)},
                    {"host", socket.target().host},
                    {"port", socket.target().port},
                    {"peer", socket.peer() ? socket.peer()->text() : ""},
                    {"state", commands::socket_state_text(socket.state())},
                    {"unread", socket.available()},
                    {"sent", socket.send_count().sent},
                    {"acknowledged", socket.send_count().acknowledged}};
}

Json context_state(emulator::Modem& modem, int id) {
  const auto& context = std::as_const(modem.me().context(id));
  JsonArray sockets;
  for (int index = 0; index < device::kSockets; ++index) {
    if (const auto* socket = context.listed(index)) sockets.push_back(socket_state(*socket, index));
  }
  return JsonObject{{"context", id},
                    {"foreground", modem.terminal().session().foreground == id},
                    {"state", device::name_of(context.state())},
                    {"apn", context.access.apn},
                    {"sockets", std::move(sockets)}};
}

Json ssl_state(const device::SslContext& context, int id) {
  JsonArray suites;
  for (const auto suite : context.suites) suites.emplace_back(tls::name(suite));
  return JsonObject{
      {"context", id},
      {"sslversion", context.version == device::SslVersion::all
                         ? std::string_view{"all"}
                         : tls::name(static_cast<tls::Version>(context.version))},
      {"seclevel", static_cast<int>(context.security)},
      {"ciphersuites", suites.empty() ? Json("all") : Json(std::move(suites))},
      {"cacert", context.ca_certificate},
      {"clientcert", context.client_certificate},
      {"clientkey", context.client_key},
      {"sni", context.tells_name ? 1 : 0},
  };
}

Json http_state(device::Http& http) {
  JsonObject state{{"phase", device::name_of(http.phase())}, {"url", http.settings.url}, {"failure", http.failure()}};
  if (const auto& answer = http.response()) state["status"] = answer->status;
  return state;
}

Json mqtt_state(const device::Mqtt& mqtt) {
  JsonArray clients;
  for (int client = 0; client < device::kMqttClients; ++client) {
    const auto state = mqtt.state(client);
    if (state == device::Mqtt::State::closed) continue;
    const auto& broker = mqtt.broker(client);
    clients.push_back(JsonObject{
        {"client", client}, {"state", device::name_of(state)}, {"host", broker.host}, {"port", broker.port}});
  }
  return JsonObject{{"clients", std::move(clients)}, {"failure", mqtt.failure()}};
}

Json ftp_state(const device::Ftp& ftp) {
  JsonObject state{{"state", device::name_of(ftp.state())},
                   {"path", ftp.settings.path},
                   {"length", ftp.length()},
                   {"failure", ftp.failure()}};
  if (const auto server = ftp.server()) state["server"] = fmt::format("{}:{}", server->first, server->second);
  return state;
}

Json mail_state(const device::Mailer& mailer) {
  return JsonObject{{"busy", mailer.busy()},
                    {"server", mailer.settings.server},
                    {"recipients", mailer.settings.mail.recipients.size()},
                    {"attachments", mailer.attachments().size()},
                    {"failure", mailer.failure()}};
}

Json uart_state(Target& target) {
  auto& modem = target.modem();
  auto& terminal = modem.terminal();
  const auto& settings = terminal.settings();
  return JsonObject{
      {"address", target.address()},
      {"baud", modem.baud()},
      {"mode", terminal.channel().mode_name()},
      {"echo", settings.dialogue.echo != 0},
      {"verbose", settings.dialogue.verbose != 0},
      {"errors", settings.dialogue.error_format},
      {"icf", fmt::format("{},{}", settings.character_format, settings.parity)},
      {"ifc", fmt::format("{},{}", static_cast<int>(settings.flow_to_te), static_cast<int>(settings.flow_from_te))},
      {"dtr", modem.line(emulator::Line::dtr)},
      {"rts", modem.line(emulator::Line::rts)},
      {"cts", modem.line(emulator::Line::cts)},
      {"dsr", modem.line(emulator::Line::dsr)},
      {"dcd", modem.line(emulator::Line::dcd)},
      {"ri", modem.line(emulator::Line::ri)}};
}

Outcome state(Call& call) {
  auto& modem = call.target.modem();
  auto& me = modem.me();
  JsonArray contexts, ssl;
  for (int id = 0; id < device::kContexts; ++id) contexts.push_back(context_state(modem, id));
  for (int id = 0; id < device::kSslContexts; ++id) {
    ssl.push_back(ssl_state(me.ssl().settings.contexts[static_cast<std::size_t>(id)], id));
  }
  return JsonObject{
      {"name", call.target.name()},
      {"model", me.profile().name},
      {"revision", me.profile().revision},
      {"imei", me.configuration().imei},
      {"power", emulator::word_of(me.power())},
      {"ready", call.target.ready()},
      {"functionality", emulator::word_of(me.functionality())},
      {"sim", sim_state(me)},
      {"network", network_state(me)},
      {"contexts", std::move(contexts)},
      {"qimux", me.tcpip.multiple_sessions ? 1 : 0},
      {"qimode", me.tcpip.transparent ? 1 : 0},
      {"ssl_contexts", std::move(ssl)},
      {"ignorertctime", me.ssl().settings.ignore_rtc_time ? 1 : 0},
      {"http", http_state(me.http())},
      {"mqtt", mqtt_state(me.mqtt())},
      {"ftp", ftp_state(me.ftp())},
      {"mail", mail_state(me.mailer())},
      {"certificates", certificate_list(me)},
      {"files", file_list(me)},
      {"uart", uart_state(call.target)},
      {"rtc", iso_text(me.rtc().now())},
      {"t", std::chrono::duration<double>{call.target.timeline().now().time_since_epoch()}.count()},
      {"journal", call.target.journal().last()},
  };
}

Outcome snapshot(Call& call) { return take_snapshot(call.target); }

constexpr Param kRestoreParams[] = {{"snapshot", ParamType::json, "what snapshot gave", Need::required}};

Outcome restore(Call& call) {
  auto restored = restore_snapshot(call.target, *call.arguments.get<Json>("snapshot"));
  if (!restored) return invalid(fmt::format("restore: {}", restored.error()));
  return std::move(*restored);
}

constexpr Method kMethods[] = {
    {"state", "everything about the module", {}, &state, Effect::none},
    {"snapshot",
     "settings and surroundings as one value; of files, certificates and keys the list, of connections nothing",
     {},
     &snapshot,
     Effect::none},
    {"restore", "puts a snapshot back; connections end, files stay as they are, those that differ are named",
     kRestoreParams, &restore},
};

}  // namespace

std::span<const Method> state_methods() { return kMethods; }

}  // namespace quasimodem::app::control
