// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/snapshot.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/base/clock_text.hpp"
#include "emulator/app/control/snapshot_content.hpp"
#include "emulator/commands/profile.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/http.hpp"
#include "emulator/device/kept.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model_profile.hpp"
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
    contexts.push_back(std::move(object));
  }
  return numbers<device::SslSettings>(device::kSslRows, ssl, {{"contexts", std::move(contexts)}});
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
      list.push_back(JsonObject{{"name", entry.name.text()},
                                {"size", entry.size},
                                {"checksum", content ? fmt::format("{:x}", storage::checksum(*content)) : ""}});
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
      {"http_url", me.http().settings.url},
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
  if (content.on) {
    commands::recall_profile(modem.terminal().session(), content.profile, commands::Recall::everything);
    me.ssl().settings = content.ssl;
    me.http().settings.url = content.http_url;
    put_back_contexts(me, content);
    modem.terminal().session().foreground = content.foreground;
  }

  return JsonObject{{"missing_certificates", missing(find_member(snapshot, "certificates"), certificate_list(me))},
                    {"missing_files", missing(find_member(snapshot, "files"), file_list(me))}};
}

}  // namespace quasimodem::app::control
