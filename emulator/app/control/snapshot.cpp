// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/snapshot.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/core.h>

#include "emulator/app/clock_text.hpp"
#include "emulator/commands/profile.hpp"
#include "emulator/device/tcpip_record.hpp"
#include "emulator/event_records.hpp"
#include "emulator/terminal_adapter.hpp"
#include "storage/checksum.hpp"

namespace quasimodem::app::control {
namespace {

using device::MobileEquipment;
using device::RegistrationStatus;

constexpr std::int64_t kFormat = 1;
/// What the network grants.
constexpr std::array<std::pair<std::string_view, RegistrationStatus>, 4> kCoverage{{
    {"home", RegistrationStatus::home},
    {"roaming", RegistrationStatus::roaming},
    {"denied", RegistrationStatus::denied},
    {"none", RegistrationStatus::searching},
}};

std::string_view coverage_text(RegistrationStatus granted) {
  const auto same = [granted](const auto& entry) { return entry.second == granted; };
  return std::find_if(kCoverage.begin(), kCoverage.end(), same)->first;
}

Json ssl_settings(const device::SslSettings& ssl) {
  Json::Array contexts;
  for (const auto& context : ssl.contexts) {
    Json::Array suites;
    for (const auto suite : context.suites) suites.push_back(static_cast<int>(suite));
    contexts.push_back(Json::Object{{"version", context.version},
                                    {"security", static_cast<int>(context.security)},
                                    {"suites", std::move(suites)},
                                    {"ca", context.ca_certificate},
                                    {"certificate", context.client_certificate},
                                    {"key", context.client_key}});
  }
  return Json::Object{{"contexts", std::move(contexts)},
                      {"ignore_rtc_time", ssl.ignore_rtc_time},
                      {"https", ssl.https},
                      {"https_context", ssl.https_context},
                      {"smtp_style", ssl.smtp_style},
                      {"smtps_context", ssl.smtps_context}};
}

/// Reads a snapshot; the first thing that is missing or out of range is remembered.
class Reader {
 public:
  const std::string& problem() const { return problem_; }

  const Json* member(const Json* of, std::string_view name) {
    const auto* found = of ? of->find(name) : nullptr;
    if (!found && problem_.empty()) problem_ = fmt::format("\"{}\" is missing", name);
    return found;
  }
  int integer(const Json* of, std::string_view name, std::int64_t lowest, std::int64_t highest) {
    const auto* json = member(of, name);
    const auto* number = json ? json->as<std::int64_t>() : nullptr;
    if (number && *number >= lowest && *number <= highest) return static_cast<int>(*number);
    refuse(name, fmt::format("must be {} to {}", lowest, highest));
    return static_cast<int>(lowest);
  }
  std::string text(const Json* of, std::string_view name) {
    const auto* json = member(of, name);
    const auto* value = json ? json->as<std::string>() : nullptr;
    if (!value) refuse(name, "must be text");
    return value ? *value : "";
  }
  const Json::Array& array(const Json* of, std::string_view name) {
    static const Json::Array none;
    const auto* json = member(of, name);
    const auto* value = json ? json->as<Json::Array>() : nullptr;
    if (!value) refuse(name, "must be an array");
    return value ? *value : none;
  }
  void refuse(std::string_view name, const std::string& why) {
    if (problem_.empty()) problem_ = fmt::format("\"{}\" {}", name, why);
  }

 private:
  std::string problem_;
};

/// Everything of a snapshot in typed form.
struct Content {
  bool on = true;
  device::LocalTime rtc{};
  std::string sim;
  RegistrationStatus coverage = RegistrationStatus::home;
  int rssi = 0, ber = 0;
  std::string profile;
  std::array<std::string, device::kContexts> tcpip;
  std::array<device::TcpIpState, device::kContexts> states{};
  int foreground = 0;
  device::SslSettings ssl;
  std::vector<std::string> certificates;
};

void read_ssl(Reader& reader, const Json* json, device::SslSettings& ssl) {
  const auto& contexts = reader.array(json, "contexts");
  if (contexts.size() != ssl.contexts.size()) return reader.refuse("contexts", "must be six");
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    const auto* from = &contexts[i];
    auto& to = ssl.contexts[i];
    to.version = reader.integer(from, "version", 0, device::kAllVersions);
    to.security = static_cast<device::SecurityLevel>(reader.integer(from, "security", 0, 2));
    to.ca_certificate = reader.text(from, "ca");
    to.client_certificate = reader.text(from, "certificate");
    to.client_key = reader.text(from, "key");
    for (const auto& each : reader.array(from, "suites")) {
      const auto* number = each.as<std::int64_t>();
      const auto known = std::find_if(tls::kAllCipherSuites.begin(), tls::kAllCipherSuites.end(), [&](auto suite) {
        return number && static_cast<std::int64_t>(suite) == *number;
      });
      if (known == tls::kAllCipherSuites.end()) return reader.refuse("suites", "names a suite that the module has not");
      to.suites.push_back(*known);
    }
  }
  ssl.ignore_rtc_time = reader.integer(json, "ignore_rtc_time", 0, 1);
  ssl.https = reader.integer(json, "https", 0, 1);
  ssl.https_context = reader.integer(json, "https_context", -1, device::kSslContexts - 1);
  ssl.smtp_style = reader.integer(json, "smtp_style", 0, 2);
  ssl.smtps_context = reader.integer(json, "smtps_context", -1, device::kSslContexts - 1);
}

void read_contexts(Reader& reader, const Json& snapshot, Content& content) {
  const auto& contexts = reader.array(&snapshot, "contexts");
  if (contexts.size() != content.states.size()) return reader.refuse("contexts", "must be two");
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    content.tcpip[i] = reader.text(&contexts[i], "settings");
    const auto word = reader.text(&contexts[i], "state");
    constexpr int kStates = 11;
    int state = 0;
    while (state < kStates && device::name_of(static_cast<device::TcpIpState>(state)) != word) ++state;
    if (state == kStates) return reader.refuse("state", fmt::format("cannot be \"{}\"", word));
    content.states[i] = static_cast<device::TcpIpState>(state);
  }
}

tl::expected<Content, std::string> read(const Json& snapshot) {
  Reader reader;
  Content content;
  reader.integer(&snapshot, "format", kFormat, kFormat);
  content.on = reader.text(&snapshot, "power") != "off";
  const auto rtc = read_clock(reader.text(&snapshot, "rtc"));
  if (rtc)
    content.rtc = *rtc;
  else
    reader.refuse("rtc", "is no time");
  content.sim = reader.text(&snapshot, "sim");
  constexpr std::array<std::string_view, 4> kSims{"not inserted", "ready", "pin needed", "puk needed"};
  if (std::find(kSims.begin(), kSims.end(), content.sim) == kSims.end()) reader.refuse("sim", "is no state of a SIM");
  const auto coverage =
      std::find_if(kCoverage.begin(), kCoverage.end(),
                   [&, name = reader.text(&snapshot, "coverage")](const auto& entry) { return entry.first == name; });
  if (coverage == kCoverage.end())
    reader.refuse("coverage", "must be home, roaming, denied or none");
  else
    content.coverage = coverage->second;
  content.rssi = reader.integer(&snapshot, "rssi", 0, 99);
  content.ber = reader.integer(&snapshot, "ber", 0, 99);
  content.profile = reader.text(&snapshot, "profile");
  content.foreground = reader.integer(&snapshot, "foreground", 0, device::kContexts - 1);
  read_contexts(reader, snapshot, content);
  read_ssl(reader, reader.member(&snapshot, "ssl"), content.ssl);
  for (const auto& each : reader.array(&snapshot, "certificates"))
    content.certificates.push_back(reader.text(&each, "name"));
  if (!reader.problem().empty()) return tl::unexpected{reader.problem()};
  return content;
}

device::Sim sim_like(const std::string& status, const device::Sim& now) {
  if (status == "not inserted") return device::Sim::none();
  if (status == "pin needed") return now.locked_again();
  if (status == "puk needed") return device::Sim::with_puk();
  return device::Sim::without_pin();
}

void put_back_contexts(MobileEquipment& me, const Content& content) {
  for (int id = 0; id < device::kContexts; ++id) {
    auto& context = me.context(id);
    const auto wanted = content.states[static_cast<std::size_t>(id)];
    device::recall_tcpip(as_bytes(content.tcpip[static_cast<std::size_t>(id)]), me.tcpip, context.access);
    context.power_off();
    if (wanted == device::TcpIpState::ip_initial) continue;
    if (wanted == device::TcpIpState::ip_start) {
      context.register_application();
    } else {
      context.when_up([](bool) {});
    }
  }
  me.set_foreground(content.foreground);
}

}  // namespace

Json certificate_list(MobileEquipment& me) {
  Json::Array list;
  for (const auto& entry : me.security_files().list()) {
    list.push_back(Json::Object{{"name", entry.name.text()},
                                {"size", entry.size},
                                {"checksum", fmt::format("{:x}", entry.check.checksum)},
                                {"good", entry.check.good}});
  }
  return list;
}

Json file_list(MobileEquipment& me) {
  Json::Array list;
  for (const auto volume : {device::FileVolume::ufs, device::FileVolume::ram}) {
    for (const auto& entry : me.files().list(volume)) {
      const auto content = me.files().read(entry.name);
      list.push_back(Json::Object{{"name", entry.name.text()},
                                  {"size", entry.size},
                                  {"checksum", content ? fmt::format("{:x}", storage::checksum(*content)) : ""}});
    }
  }
  return list;
}

Json take_snapshot(Target& target) {
  auto& me = target.modem().me();
  Json::Array contexts;
  for (int id = 0; id < device::kContexts; ++id) {
    const auto& context = me.context(id);
    contexts.push_back(
        Json::Object{{"state", device::name_of(context.state())},
                     {"settings", std::string{as_text(device::tcpip_record(me.tcpip, context.access))}}});
  }
  return Json::Object{
      {"format", kFormat},
      {"model", me.profile().name},
      {"power", emulator::word_of(me.power())},
      {"rtc", iso_text(me.rtc().now())},
      {"sim", emulator::word_of(me.sim().status())},
      {"coverage", coverage_text(me.registration().granted())},
      {"rssi", me.registration().signal_strength()},
      {"ber", me.registration().bit_error_rate()},
      {"profile", std::string{as_text(commands::stored_profile(target.modem().ta().settings()))}},
      {"foreground", me.foreground().id()},
      {"contexts", std::move(contexts)},
      {"ssl", ssl_settings(me.ssl)},
      {"certificates", certificate_list(me)},
      {"files", file_list(me)},
  };
}

tl::expected<Json, std::string> restore_snapshot(Target& target, const Json& snapshot) {
  const auto read_content = read(snapshot);
  if (!read_content) return tl::unexpected{read_content.error()};
  const auto& content = *read_content;
  auto& modem = target.modem();
  auto& me = modem.me();
  if (!content.on) {
    modem.cut_supply();
  } else if (me.power() != MobileEquipment::Power::on) {
    return tl::unexpected{std::string{"the module is off; power on=true first"}};
  }
  me.rtc().set(content.rtc);
  me.registration().set_signal_strength(content.rssi);
  me.registration().set_bit_error_rate(content.ber);
  if (content.sim != emulator::word_of(me.sim().status())) me.change_sim(sim_like(content.sim, me.sim()));
  me.serve(content.coverage);
  if (content.on) {
    commands::recall_profile(modem.ta().settings(), as_bytes(content.profile), commands::Recall::everything);
    me.ssl = content.ssl;
    put_back_contexts(me, content);
  }

  Json::Array missing;
  const auto there = me.security_files().list();
  for (const auto& name : content.certificates) {
    const bool found =
        std::any_of(there.begin(), there.end(), [&](const auto& entry) { return entry.name.text() == name; });
    if (!found) missing.push_back(name);
  }
  return Json::Object{{"missing_certificates", std::move(missing)}};
}

}  // namespace quasimodem::app::control
