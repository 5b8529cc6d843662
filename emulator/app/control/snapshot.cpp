// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/snapshot.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/base/clock_text.hpp"
#include "emulator/app/control/snapshot_content.hpp"
#include "emulator/commands/profile.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/ftp.hpp"
#include "emulator/device/http.hpp"
#include "emulator/device/kept.hpp"
#include "emulator/device/mailer.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/mqtt.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/event_records.hpp"
#include "emulator/terminal/terminal.hpp"
#include "storage/checksum.hpp"
#include "storage/security_file_store.hpp"

namespace quasimodem::app::control {
namespace {

using device::MobileEquipment;
using device::RegistrationStatus;

std::string_view coverage_text(RegistrationStatus granted) {
  const auto same = [granted](const auto& entry) { return entry.second == granted; };
  return std::find_if(kCoverage.begin(), kCoverage.end(), same)->first;
}

template <class Settings>
JsonObject numbers(std::span<const device::NumberRow<Settings>> rows, const Settings& settings,
                   JsonObject object = {}) {
  for (const auto& row : rows) object.emplace(row.name, row.get(settings));
  return object;
}

Json sim_record(const device::Sim& sim) {
  auto record = sim.record();
  return JsonObject{{"status", emulator::word_of(record.status)},
                    {"pin", std::move(record.pin)},
                    {"locked", record.locked},
                    {"pin_tries", record.pin_tries},
                    {"puk_tries", record.puk_tries}};
}

Json ssl_settings(const device::SslSettings& ssl) {
  JsonArray contexts;
  for (const auto& context : ssl.contexts) {
    JsonArray suites;
    for (const auto suite : context.suites) suites.push_back(static_cast<int>(suite));
    auto object = numbers<device::SslContext>(device::kSslContextRows, context);
    object.emplace("suites", std::move(suites));
    object.emplace("ca", context.ca_certificate);
    object.emplace("certificate", context.client_certificate);
    object.emplace("key", context.client_key);
    object.emplace("sni", context.tells_name);
    contexts.push_back(std::move(object));
  }
  return numbers<device::SslSettings>(device::kSslRows, ssl, {{"contexts", std::move(contexts)}});
}

template <class Settings>
JsonObject texts(std::span<const device::TextRow<Settings>> rows, const Settings& settings, JsonObject object) {
  for (const auto& row : rows) object.emplace(row.name, escaped(settings.*row.text));
  return object;
}

/// Numbers and texts of a service.
template <class Settings>
JsonObject service(std::span<const device::NumberRow<Settings>> number_rows,
                   std::span<const device::TextRow<Settings>> text_rows, const Settings& settings) {
  return texts(text_rows, settings, numbers(number_rows, settings));
}

Json ftp_settings(const device::Ftp::Settings& settings) {
  auto object = service<device::Ftp::Settings>(device::kFtpRows, device::kFtpTexts, settings);
  object.emplace("place", escaped(settings.place_text));
  return object;
}

Json words(const net::smtp::Text& text) {
  return JsonObject{{"charset", static_cast<int>(text.charset)}, {"text", escaped(text.text)}};
}

std::string checksum_text(ByteSpan content) { return fmt::format("{:x}", storage::checksum(content)); }

Json mail_settings(const device::Mailer& mailer) {
  const auto& settings = mailer.settings;
  auto object = service<device::Mailer::Settings>(device::kMailRows, device::kMailTexts, settings);
  object.emplace("authenticate", mailer.authenticate);
  object.emplace("sender_name", escaped(settings.mail.sender_name));
  object.emplace("sender", escaped(settings.mail.sender));
  JsonArray recipients;
  for (const auto& each : settings.mail.recipients) {
    const auto same = [&](const auto& field) { return field.second == each.field; };
    recipients.push_back(JsonObject{{"field", std::find_if(kMailFields.begin(), kMailFields.end(), same)->first},
                                    {"address", escaped(each.address)}});
  }
  object.emplace("recipients", std::move(recipients));
  object.emplace("subject", words(settings.mail.subject));
  object.emplace("body", words(settings.mail.body));
  JsonArray attachments;
  for (const auto& each : mailer.attachments()) {
    attachments.push_back(JsonObject{{"name", escaped(each.name)},
                                     {"size", each.size},
                                     {"file", each.file ? escaped(each.file->text()) : ""},
                                     {"checksum", each.file ? "" : checksum_text(each.content)}});
  }
  object.emplace("attachments", std::move(attachments));
  return object;
}

Json mqtt_settings(device::Mqtt& mqtt) {
  JsonArray clients;
  for (int client = 0; client < device::kMqttClients; ++client) {
    const auto& settings = mqtt.settings(client);
    auto object = numbers<device::MqttSettings>(device::kMqttRows, settings);
    const auto& will = settings.will;
    object.emplace("will", !will ? Json()
                                 : JsonObject{{"topic", escaped(will->topic)},
                                              {"message", escaped(will->message)},
                                              {"qos", static_cast<int>(will->qos)},
                                              {"retain", will->retain}});
    JsonArray alibaba;
    for (const auto& word : settings.alibaba) alibaba.push_back(Json(escaped(word)));
    object.emplace("alibaba", std::move(alibaba));
    clients.push_back(std::move(object));
  }
  return clients;
}

/// The names of the attachments that are not there any more: they came from the TE, and content is not in a snapshot.
JsonArray put_back_attachments(device::Mailer& mailer, const std::vector<AttachedThen>& then) {
  std::vector<device::Mailer::Attached> attachments;
  JsonArray missing;
  for (const auto& each : then) {
    if (each.file) {
      attachments.push_back({.name = each.name, .size = each.size, .file = each.file});
      continue;
    }
    const auto& now = mailer.attachments();
    const auto same = std::find_if(now.begin(), now.end(), [&](const device::Mailer::Attached& one) {
      return !one.file && one.name == each.name && checksum_text(one.content) == each.checksum;
    });
    if (same == now.end()) {
      missing.push_back(Json(escaped(each.name)));
    } else {
      attachments.push_back(*same);
    }
  }
  mailer.put_back(std::move(attachments));
  return missing;
}

/// Behind the contexts, with which the sessions have ended.
void put_back_services(MobileEquipment& me, const SnapshotContent& content) {
  me.http().settings = content.http;
  me.ftp().settings = content.ftp;
  me.mailer().settings = content.mail;
  me.mailer().authenticate = content.mail_authentication;
  for (int client = 0; client < device::kMqttClients; ++client)
    me.mqtt().restore(client, content.mqtt[static_cast<std::size_t>(client)]);
}

void put_back_contexts(MobileEquipment& me, const SnapshotContent& content) {
  me.tcpip = content.tcpip;
  for (int id = 0; id < device::kContexts; ++id) {
    auto& context = me.context(id);
    const auto place = static_cast<std::size_t>(id);
    auto settings = content.tcpip;  // of those, a context's record brings its own access only
    device::recall_tcpip(content.access[place], settings, context.access);
    context.name_servers = content.name_servers[place];
    context.restore(content.states[place]);
  }
}

/// The names of those that are not there any more as they were: content is not in a snapshot.
Json missing(const Json* then, const Json& now) {
  JsonArray names;
  const auto* there = now.if_array();
  for (const auto& entry : *then->if_array()) {
    const bool same = std::any_of(there->begin(), there->end(),
                                  [&, text = to_text(entry)](const Json& each) { return to_text(each) == text; });
    const auto* name = find_member(entry, "name");
    if (!same && name) names.push_back(*name);
  }
  return names;
}

}  // namespace

Json certificate_list(MobileEquipment& me) {
  JsonArray list;
  for (const auto& entry : me.security_files().list()) {
    list.push_back(JsonObject{{"name", entry.name.text()},
                              {"size", entry.size},
                              {"checksum", fmt::format("{:x}", entry.check.checksum)},
                              {"good", entry.check.good}});
  }
  return list;
}

Json file_list(MobileEquipment& me) {
  JsonArray list;
  for (const auto volume : {device::FileVolume::ufs, device::FileVolume::ram}) {
    for (const auto& entry : me.files().list(volume)) {
      const auto content = me.files().read(entry.name);
      list.push_back(JsonObject{
          {"name", entry.name.text()}, {"size", entry.size}, {"checksum", content ? checksum_text(*content) : ""}});
    }
  }
  return list;
}

Json take_snapshot(Target& target) {
  auto& me = target.modem().me();
  auto& terminal = target.modem().terminal();
  JsonArray contexts;
  for (int id = 0; id < device::kContexts; ++id) {
    const auto& context = me.context(id);
    contexts.push_back(JsonObject{{"state", device::name_of(context.state())},
                                  {"settings", device::tcpip_record(me.tcpip, context.access)},
                                  {"primary_dns", context.name_servers.primary},
                                  {"secondary_dns", context.name_servers.secondary}});
  }
  return JsonObject{
      {"format", kSnapshotFormat},
      {"model", me.profile().name},
      {"power", emulator::word_of(me.power())},
      {"rtc", iso_text(me.rtc().now())},
      {"functionality", emulator::word_of(me.functionality())},
      {"sim", sim_record(me.sim())},
      {"attaches_itself", me.registration().attaches_itself()},
      {"coverage", coverage_text(me.registration().granted())},
      {"rssi", me.registration().signal_strength()},
      {"ber", me.registration().bit_error_rate()},
      {"apn", me.access_points.text()},
      {"profile", commands::profile_text(terminal.session(), commands::Extent::everything)},
      {"foreground", terminal.session().foreground},
      {"tcpip", numbers<device::TcpIpSettings>(device::kTcpIpRows, me.tcpip)},
      {"contexts", std::move(contexts)},
      {"ssl", ssl_settings(me.ssl().settings)},
      {"http", service<device::Http::Settings>(device::kHttpRows, device::kHttpTexts, me.http().settings)},
      {"ftp", ftp_settings(me.ftp().settings)},
      {"mail", mail_settings(me.mailer())},
      {"mqtt", mqtt_settings(me.mqtt())},
      {"certificates", certificate_list(me)},
      {"files", file_list(me)},
  };
}

tl::expected<Json, std::string> restore_snapshot(Target& target, const Json& snapshot) {
  const auto read_content = read_snapshot(snapshot, target.host_time());
  if (!read_content) return tl::unexpected{read_content.error()};
  const auto& content = *read_content;
  auto& modem = target.modem();
  auto& me = modem.me();
  if (!content.on) {
    modem.cut_supply();
  } else if (me.power() != device::Power::on) {
    return tl::unexpected{std::string{"the module is off; power on=true first"}};
  }
  me.rtc().set(content.rtc);
  me.registration().set_signal_strength(content.rssi);
  me.registration().set_bit_error_rate(content.ber);
  me.access_points = content.access_points;
  if (to_text(sim_record(me.sim())) != to_text(sim_record(device::Sim::of(content.sim)))) {
    me.outside().change_sim(device::Sim::of(content.sim));
  }
  if (content.on) me.set_functionality(content.functionality);
  auto& registration = me.registration();
  registration.set_attaches_itself(content.attaches_itself);
  me.outside().serve(content.coverage);
  if (registration.attached() && !content.attaches_itself) registration.detach([](bool) {});
  JsonArray missing_attachments;
  if (content.on) {
    commands::recall_profile(modem.terminal().session(), content.profile, commands::Recall::everything);
    me.ssl().settings = content.ssl;
    put_back_contexts(me, content);
    put_back_services(me, content);
    missing_attachments = put_back_attachments(me.mailer(), content.attachments);
    modem.terminal().session().foreground = content.foreground;
  }

  return JsonObject{{"missing_certificates", missing(find_member(snapshot, "certificates"), certificate_list(me))},
                    {"missing_files", missing(find_member(snapshot, "files"), file_list(me))},
                    {"missing_attachments", std::move(missing_attachments)}};
}

}  // namespace quasimodem::app::control
