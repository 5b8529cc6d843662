// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/snapshot_content.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/base/clock_text.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/event_records.hpp"

namespace quasimodem::app::control {
namespace {

/// Reads a snapshot; the first thing that is missing or out of range is remembered.
class Reader {
 public:
  const std::string& problem() const { return problem_; }

  const Json* member(const Json* of, std::string_view name) {
    const auto* found = of ? find_member(*of, name) : nullptr;
    if (!found && problem_.empty()) problem_ = fmt::format("\"{}\" is missing", name);
    return found;
  }
  int integer(const Json* of, std::string_view name, std::int64_t lowest, std::int64_t highest) {
    const auto* json = member(of, name);
    const auto* number = json ? json->if_int64() : nullptr;
    if (number && *number >= lowest && *number <= highest) return static_cast<int>(*number);
    refuse(name, fmt::format("must be {} to {}", lowest, highest));
    return static_cast<int>(lowest);
  }
  template <class Settings>
  void numbers(const Json* of, std::span<const device::NumberRow<Settings>> rows, Settings& settings) {
    for (const auto& row : rows) row.set(settings, integer(of, row.name, row.lowest, row.highest));
  }
  template <class Settings>
  void texts(const Json* of, std::span<const device::TextRow<Settings>> rows, Settings& settings) {
    for (const auto& row : rows) settings.*row.text = octets(of, row.name);
  }
  /// A text that may be none: escaped, as it came from the TE.
  std::string octets(const Json* of, std::string_view name) { return quasimodem::to_text(unescaped(text(of, name))); }
  std::string text(const Json* of, std::string_view name) {
    const auto* json = member(of, name);
    const auto value = json ? text_of(*json) : std::nullopt;
    if (!value) refuse(name, "must be text");
    return std::string{value.value_or("")};
  }
  const JsonArray& array(const Json* of, std::string_view name) {
    static const JsonArray none;
    const auto* json = member(of, name);
    const auto* value = json ? json->if_array() : nullptr;
    if (!value) refuse(name, "must be an array");
    return value ? *value : none;
  }
  bool flag(const Json* of, std::string_view name) {
    const auto* json = member(of, name);
    const auto* value = json ? json->if_bool() : nullptr;
    if (!value) refuse(name, "must be true or false");
    return value && *value;
  }
  /// The one of these whose word it is.
  template <class Choices>
  auto word(const Json* of, std::string_view name, const Choices& choices) {
    const auto said = text(of, name);
    const auto found =
        std::find_if(choices.begin(), choices.end(), [&](auto choice) { return emulator::word_of(choice) == said; });
    if (found == choices.end()) refuse(name, fmt::format("cannot be \"{}\"", said));
    return found == choices.end() ? choices.front() : *found;
  }
  /// What stands beside this word.
  template <class Value, std::size_t Count>
  Value named(const Json* of, std::string_view name, const std::array<std::pair<std::string_view, Value>, Count>& all) {
    const auto said = text(of, name);
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.first == said; });
    if (found == all.end()) refuse(name, fmt::format("cannot be \"{}\"", said));
    return found == all.end() ? all.front().second : found->second;
  }
  void refuse(std::string_view name, const std::string& why) {
    if (problem_.empty()) problem_ = fmt::format("\"{}\" {}", name, why);
  }

 private:
  std::string problem_;
};

void read_sim(Reader& reader, const Json* json, device::Sim::Record& sim) {
  sim.pin = reader.text(json, "pin");
  sim.locked = reader.flag(json, "locked");
  sim.pin_tries = reader.integer(json, "pin_tries", 0, device::Sim::kPinTries);
  sim.puk_tries = reader.integer(json, "puk_tries", 0, device::Sim::kPukTries);
  using enum device::SimStatus;
  sim.status = reader.word(json, "status", std::array{not_inserted, ready, pin_needed, puk_needed, blocked});
}

/// Snapshots from before there were any do not name them.
void read_access_points(Reader& reader, const Json& snapshot, device::AccessPoints& access_points) {
  if (!find_member(snapshot, "apn")) return;
  const auto names = device::AccessPoints::parse(reader.text(&snapshot, "apn"));
  if (!names) return reader.refuse("apn", names.error());
  access_points = *names;
}

void read_ssl(Reader& reader, const Json* json, device::SslSettings& ssl) {
  const auto& contexts = reader.array(json, "contexts");
  if (contexts.size() != ssl.contexts.size()) return reader.refuse("contexts", "must be six");
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    const auto* from = &contexts[i];
    auto& to = ssl.contexts[i];
    reader.numbers<device::SslContext>(from, device::kSslContextRows, to);
    to.ca_certificate = reader.text(from, "ca");
    to.client_certificate = reader.text(from, "certificate");
    to.client_key = reader.text(from, "key");
    if (find_member(contexts[i], "sni")) to.tells_name = reader.flag(from, "sni");  // older ones have none
    for (const auto& each : reader.array(from, "suites")) {
      const auto* number = each.if_int64();
      const auto known = std::find_if(tls::kAllCipherSuites.begin(), tls::kAllCipherSuites.end(), [&](auto suite) {
        return number && static_cast<std::int64_t>(suite) == *number;
      });
      if (known == tls::kAllCipherSuites.end()) return reader.refuse("suites", "names a suite that the module has not");
      to.suites.push_back(*known);
    }
  }
  reader.numbers<device::SslSettings>(json, device::kSslRows, ssl);
}

/// Snapshots from before there was more have only the URL, or nothing.
void read_http(Reader& reader, const Json& snapshot, device::Http::Settings& http) {
  if (find_member(snapshot, "http_url")) http.url = reader.text(&snapshot, "http_url");
  const auto* json = find_member(snapshot, "http");
  if (!json) return;
  reader.numbers<device::Http::Settings>(json, device::kHttpRows, http);
  reader.texts<device::Http::Settings>(json, device::kHttpTexts, http);
}

void read_ftp(Reader& reader, const Json& snapshot, device::Ftp::Settings& ftp) {
  const auto* json = find_member(snapshot, "ftp");
  if (!json) return;
  reader.numbers<device::Ftp::Settings>(json, device::kFtpRows, ftp);
  reader.texts<device::Ftp::Settings>(json, device::kFtpTexts, ftp);
  ftp.place_text = reader.octets(json, "place");
  const auto place = device::Ftp::Place::parse(ftp.place_text);
  if (!place) return reader.refuse("place", "is no place of files");
  ftp.place = *place;
}

net::smtp::Text read_words(Reader& reader, const Json* json) {
  constexpr auto kHighest = static_cast<int>(device::MailCharset::big5);
  const auto charset = reader.integer(json, "charset", 0, kHighest);
  return {static_cast<device::MailCharset>(charset), reader.octets(json, "text")};
}

AttachedThen read_attachment(Reader& reader, const Json& json) {
  AttachedThen attached{.name = reader.octets(&json, "name"), .checksum = reader.text(&json, "checksum")};
  constexpr auto kLargest = static_cast<std::int64_t>(device::Mailer::kLargestAttachment);
  attached.size = static_cast<std::size_t>(reader.integer(&json, "size", 0, kLargest));
  const auto file = reader.octets(&json, "file");
  if (file.empty()) return attached;
  attached.file = device::FileName::parse(file);
  if (!attached.file) reader.refuse("file", "is no name of a file");
  return attached;
}

void read_mail(Reader& reader, const Json& snapshot, SnapshotContent& content) {
  const auto* json = find_member(snapshot, "mail");
  if (!json) return;
  auto& mail = content.mail.mail;
  reader.numbers<device::Mailer::Settings>(json, device::kMailRows, content.mail);
  reader.texts<device::Mailer::Settings>(json, device::kMailTexts, content.mail);
  content.mail_authentication = reader.flag(json, "authenticate");
  mail.sender_name = reader.octets(json, "sender_name");
  mail.sender = reader.octets(json, "sender");
  const auto& recipients = reader.array(json, "recipients");
  if (recipients.size() > device::Mailer::kMostRecipients) return reader.refuse("recipients", "are too many");
  for (const auto& each : recipients)
    mail.recipients.push_back({reader.named(&each, "field", kMailFields), reader.octets(&each, "address")});
  mail.subject = read_words(reader, reader.member(json, "subject"));
  mail.body = read_words(reader, reader.member(json, "body"));
  if (mail.body.text.size() > device::Mailer::kLargestBody) return reader.refuse("body", "is too long");
  const auto& attachments = reader.array(json, "attachments");
  if (attachments.size() > device::Mailer::kMostAttachments) return reader.refuse("attachments", "are too many");
  for (const auto& each : attachments) content.attachments.push_back(read_attachment(reader, each));
}

std::optional<net::mqtt::Will> read_will(Reader& reader, const Json& json) {
  if (json.is_null()) return std::nullopt;
  net::mqtt::Will will{.topic = reader.octets(&json, "topic"),
                       .message = to_bytes(reader.octets(&json, "message")),
                       .qos = static_cast<net::mqtt::Qos>(reader.integer(&json, "qos", 0, 2)),
                       .retain = reader.flag(&json, "retain")};
  if (will.topic.empty() || will.topic.size() > net::mqtt::Client::kMostTopic) reader.refuse("topic", "is none");
  if (will.message.size() > device::kLongestWill) reader.refuse("message", "is too long");
  return will;
}

void read_mqtt(Reader& reader, const Json& snapshot, SnapshotContent& content) {
  if (!find_member(snapshot, "mqtt")) return;
  const auto& clients = reader.array(&snapshot, "mqtt");
  if (clients.size() != content.mqtt.size()) return reader.refuse("mqtt", "must be six");
  for (std::size_t i = 0; i < clients.size(); ++i) {
    auto& to = content.mqtt[i];
    reader.numbers<device::MqttSettings>(&clients[i], device::kMqttRows, to);
    if (const auto* will = reader.member(&clients[i], "will")) to.will = read_will(reader, *will);
    const auto& words = reader.array(&clients[i], "alibaba");
    if (words.size() != to.alibaba.size()) return reader.refuse("alibaba", "must be three");
    for (std::size_t word = 0; word < words.size(); ++word) {
      const auto text = text_of(words[word]);
      if (!text) return reader.refuse("alibaba", "must be text");
      to.alibaba[word] = quasimodem::to_text(unescaped(*text));
    }
  }
}

void read_contexts(Reader& reader, const Json& snapshot, SnapshotContent& content) {
  const auto& contexts = reader.array(&snapshot, "contexts");
  if (contexts.size() != content.states.size()) return reader.refuse("contexts", "must be two");
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    content.access[i] = reader.text(&contexts[i], "settings");
    if (find_member(contexts[i], "primary_dns")) {  // older snapshots have one for both
      content.name_servers[i] = {reader.text(&contexts[i], "primary_dns"), reader.text(&contexts[i], "secondary_dns")};
    }
    const auto word = reader.text(&contexts[i], "state");
    constexpr int kStates = 11;
    int state = 0;
    while (state < kStates && device::name_of(static_cast<device::TcpIpState>(state)) != word) ++state;
    if (state == kStates) return reader.refuse("state", fmt::format("cannot be \"{}\"", word));
    content.states[i] = static_cast<device::TcpIpState>(state);
  }
}

}  // namespace

tl::expected<SnapshotContent, std::string> read_snapshot(const Json& snapshot,
                                                         const std::optional<device::LocalTime>& host) {
  Reader reader;
  SnapshotContent content;
  reader.integer(&snapshot, "format", kSnapshotFormat, kSnapshotFormat);
  content.on = reader.text(&snapshot, "power") != "off";
  const auto rtc = read_clock(reader.text(&snapshot, "rtc"), host);
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
  read_access_points(reader, snapshot, content.access_points);
  content.profile = reader.text(&snapshot, "profile");
  content.foreground = reader.integer(&snapshot, "foreground", 0, device::kContexts - 1);
  reader.numbers<device::TcpIpSettings>(reader.member(&snapshot, "tcpip"), device::kTcpIpRows, content.tcpip);
  read_contexts(reader, snapshot, content);
  read_ssl(reader, reader.member(&snapshot, "ssl"), content.ssl);
  // Older ones do not have these.
  read_http(reader, snapshot, content.http);
  read_ftp(reader, snapshot, content.ftp);
  read_mail(reader, snapshot, content);
  read_mqtt(reader, snapshot, content);
  reader.array(&snapshot, "certificates");
  reader.array(&snapshot, "files");
  if (!reader.problem().empty()) return tl::unexpected{reader.problem()};
  return content;
}

}  // namespace quasimodem::app::control
