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
  if (find_member(snapshot, "http_url"))
    content.http_url = reader.text(&snapshot, "http_url");  // older ones do not have it
  reader.array(&snapshot, "certificates");
  reader.array(&snapshot, "files");
  if (!reader.problem().empty()) return tl::unexpected{reader.problem()};
  return content;
}

}  // namespace quasimodem::app::control
