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

struct NumberRow {
  std::string_view name;
  int device::TcpIpSettings::*member;
  int highest;
};
using device::TcpIpSettings;
constexpr NumberRow kNumbers[] = {
    {"multiple_sessions", &TcpIpSettings::multiple_sessions, 1},
    {"transparent", &TcpIpSettings::transparent, 1},
    {"notify", &TcpIpSettings::notify, 2},
    {"echo_data", &TcpIpSettings::echo_data, 1},
    {"host_is_name", &TcpIpSettings::host_is_name, 1},
    {"role", &TcpIpSettings::role, 2},
    {"head", &TcpIpSettings::head, 1},
    {"show_remote", &TcpIpSettings::show_remote, 1},
    {"show_protocol", &TcpIpSettings::show_protocol, 1},
    {"show_local", &TcpIpSettings::show_local, 1},
    {"prompt", &TcpIpSettings::prompt, 3},
    {"retries", &TcpIpSettings::retries, 65535},
    {"wait", &TcpIpSettings::wait, 65535},
    {"send_size", &TcpIpSettings::send_size, 65535},
    {"escape", &TcpIpSettings::escape, 1},
    {"auto_send", &TcpIpSettings::auto_send, 1},
    {"auto_send_time", &TcpIpSettings::auto_send_time, 65535},
    {"tcp_port", &TcpIpSettings::tcp_port, 65535},
    {"udp_port", &TcpIpSettings::udp_port, 65535},
    {"keep_unread", &TcpIpSettings::keep_unread, 1},
};

Json tcpip_settings(const TcpIpSettings& tcpip) {
  Json::Object settings;
  for (const auto& row : kNumbers) settings.emplace_back(row.name, tcpip.*row.member);
  settings.emplace_back("primary_dns", tcpip.primary_dns);
  settings.emplace_back("secondary_dns", tcpip.secondary_dns);
  return settings;
}

Json sim_record(const device::Sim& sim) {
  auto record = sim.record();
  return Json::Object{{"status", emulator::word_of(record.status)},
                      {"pin", std::move(record.pin)},
                      {"locked", record.locked},
                      {"pin_tries", record.pin_tries},
                      {"puk_tries", record.puk_tries}};
}

/// As `commands::stored_profile`, with what AT&W does not keep.
std::string profile_text(emulator::Settings settings) {
  std::string text;
  for (const auto& row : commands::profile_rows()) text += fmt::format("{}={}\n", row.name, row.value(settings));
  return text + fmt::format("+CSCS={}\n", settings.character_set);
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
  bool flag(const Json* of, std::string_view name) {
    const auto* json = member(of, name);
    const auto* value = json ? json->as<bool>() : nullptr;
    if (!value) refuse(name, "must be true or false");
    return value && *value;
  }
  /// The one of these whose word it is.
  template <class Choices>
  auto word(const Json* of, std::string_view name, const Choices& choices) {
    const auto said = text(of, name);
    const auto found = std::find_if(choices.begin(), choices.end(),
                                    [&](auto choice) { return emulator::word_of(choice) == said; });
    if (found == choices.end()) refuse(name, fmt::format("cannot be \"{}\"", said));
    return found == choices.end() ? choices.front() : *found;
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
  device::Sim::Record sim{};
  device::Functionality functionality = device::Functionality::full;
  bool attaches_itself = true;
  RegistrationStatus coverage = RegistrationStatus::home;
  int rssi = 0, ber = 0;
  std::string profile;
  TcpIpSettings tcpip;
  std::array<std::string, device::kContexts> access;
  std::array<device::TcpIpState, device::kContexts> states{};
  int foreground = 0;
  device::SslSettings ssl;
};

void read_sim(Reader& reader, const Json* json, device::Sim::Record& sim) {
  sim.pin = reader.text(json, "pin");
  sim.locked = reader.flag(json, "locked");
  sim.pin_tries = reader.integer(json, "pin_tries", 0, device::Sim::kPinTries);
  sim.puk_tries = reader.integer(json, "puk_tries", 0, device::Sim::kPukTries);
  using enum device::SimStatus;
  sim.status = reader.word(json, "status", std::array{not_inserted, ready, pin_needed, puk_needed, blocked});
}

void read_tcpip(Reader& reader, const Json* json, TcpIpSettings& tcpip) {
  for (const auto& row : kNumbers) tcpip.*row.member = reader.integer(json, row.name, 0, row.highest);
  tcpip.primary_dns = reader.text(json, "primary_dns");
  tcpip.secondary_dns = reader.text(json, "secondary_dns");
}

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
    content.access[i] = reader.text(&contexts[i], "settings");
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
  read_sim(reader, reader.member(&snapshot, "sim"), content.sim);
  using enum device::Functionality;
  content.functionality = reader.word(&snapshot, "functionality", std::array{minimum, full, flight});
  content.attaches_itself = reader.flag(&snapshot, "attaches_itself");
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
  read_tcpip(reader, reader.member(&snapshot, "tcpip"), content.tcpip);
  read_contexts(reader, snapshot, content);
  read_ssl(reader, reader.member(&snapshot, "ssl"), content.ssl);
  reader.array(&snapshot, "certificates");
  reader.array(&snapshot, "files");
  if (!reader.problem().empty()) return tl::unexpected{reader.problem()};
  return content;
}

void put_back_contexts(MobileEquipment& me, const Content& content) {
  me.tcpip = content.tcpip;
  for (int id = 0; id < device::kContexts; ++id) {
    auto& context = me.context(id);
    const auto place = static_cast<std::size_t>(id);
    auto settings = content.tcpip;  // of those, a context's record brings its own access only
    device::recall_tcpip(as_bytes(content.access[place]), settings, context.access);
    context.restore(content.states[place]);
  }
  me.set_foreground(content.foreground);
}

/// The names of those that are not there any more as they were: content is not in a snapshot.
Json missing(const Json* then, const Json& now) {
  Json::Array names;
  const auto* there = now.as<Json::Array>();
  for (const auto& entry : *then->as<Json::Array>()) {
    const bool same = std::any_of(there->begin(), there->end(),
                                  [&, text = to_text(entry)](const Json& each) { return to_text(each) == text; });
    const auto* name = entry.find("name");
    if (!same && name) names.push_back(*name);
  }
  return names;
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
      {"functionality", emulator::word_of(me.functionality())},
      {"sim", sim_record(me.sim())},
      {"attaches_itself", me.registration().attaches_itself()},
      {"coverage", coverage_text(me.registration().granted())},
      {"rssi", me.registration().signal_strength()},
      {"ber", me.registration().bit_error_rate()},
      {"profile", profile_text(target.modem().ta().settings())},
      {"foreground", me.foreground().id()},
      {"tcpip", tcpip_settings(me.tcpip)},
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
  if (to_text(sim_record(me.sim())) != to_text(sim_record(device::Sim::of(content.sim)))) {
    me.change_sim(device::Sim::of(content.sim));
  }
  if (content.on) me.set_functionality(content.functionality);
  auto& registration = me.registration();
  registration.set_attaches_itself(content.attaches_itself);
  me.serve(content.coverage);
  if (registration.attached() && !content.attaches_itself) registration.detach([](bool) {});
  if (content.on) {
    commands::recall_profile(modem.ta().settings(), as_bytes(content.profile), commands::Recall::everything);
    me.ssl = content.ssl;
    put_back_contexts(me, content);
  }

  return Json::Object{{"missing_certificates", missing(snapshot.find("certificates"), certificate_list(me))},
                      {"missing_files", missing(snapshot.find("files"), file_list(me))}};
}

}  // namespace quasimodem::app::control
