// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/kept.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/core.h>

#include "emulator/device/number_row.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/device/time_sync.hpp"
#include "storage/flash.hpp"

namespace quasimodem::device {
namespace {

constexpr std::string_view kTimeServerRecord = "ntp";
constexpr std::string_view kClockUpdateRecord = "ctzu";
constexpr std::string_view kBandRecord = "band";
constexpr std::string_view kAlarmRecord = "alarm";
constexpr std::string_view kPreferredOperatorsRecord = "cpol";
std::string tcpip_record_name(int context) { return fmt::format("tcpip{}", context); }

constexpr TextRow<Access> kTexts[] = {{"apn", &Access::apn}, {"user", &Access::user}, {"password", &Access::password}};

constexpr std::string_view kMode = "mode";

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc{} ? std::optional{number} : std::nullopt;
}

void recall_line(std::string_view name, std::string_view value, TcpIpSettings& settings, Access& access) {
  if (const auto number = number_in(value)) {
    if (name == kMode) access.mode = *number;
    for (const auto& row : kKeptTcpIpRows) {
      if (row.name == name) row.set(settings, *number);
    }
  }
  for (const auto& row : kTexts) {
    if (row.name == name) access.*row.text = value;
  }
}

}  // namespace

std::string tcpip_record(const TcpIpSettings& settings, const Access& access) {
  auto record = fmt::format("{}={}\n", kMode, access.mode);
  for (const auto& row : kKeptTcpIpRows) record += fmt::format("{}={}\n", row.name, row.get(settings));
  for (const auto& row : kTexts) record += fmt::format("{}={}\n", row.name, access.*row.text);
  return record;
}

void recall_tcpip(std::string_view record, TcpIpSettings& settings, Access& access) {
  while (!record.empty()) {
    const auto line = record.substr(0, record.find('\n'));
    record.remove_prefix(std::min(record.size(), line.size() + 1));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    recall_line(line.substr(0, equals), line.substr(equals + 1), settings, access);
  }
}

bool Kept::write(std::string_view record, std::string_view value) {
  return flash_.write(record, as_bytes(value)).has_value();
}

void Kept::write_or_warn(std::string_view record, std::string_view value) {
  if (!write(record, value)) log_.warning("{} could not be saved", record);
}

std::optional<std::string> Kept::read(std::string_view record) const {
  const auto content = flash_.read(record);
  return content && *content ? std::optional{std::string{as_text(**content)}} : std::nullopt;
}

// `<host>` and `<port>`, a line each
void Kept::keep(const TimeServer& server) {
  write_or_warn(kTimeServerRecord, fmt::format("{}\n{}\n", server.host, server.port));
}

std::optional<TimeServer> Kept::time_server() const {
  const auto record = read(kTimeServerRecord);
  if (!record) return std::nullopt;
  const auto end = record->find('\n');
  const auto port = end == std::string::npos ? 0 : std::atoi(record->c_str() + end + 1);
  if (port <= 0 || port > 65535) return std::nullopt;
  return TimeServer{record->substr(0, end), static_cast<std::uint16_t>(port)};
}

void Kept::keep_clock_update(int mode) { write_or_warn(kClockUpdateRecord, std::to_string(mode)); }

std::optional<int> Kept::clock_update() const {
  const auto record = read(kClockUpdateRecord);
  return record ? std::optional{std::atoi(record->c_str())} : std::nullopt;
}

void Kept::keep_band(std::string_view band) { write_or_warn(kBandRecord, band); }
std::optional<std::string> Kept::band() const { return read(kBandRecord); }

// `yy/MM/dd,hh:mm:ss±zz <repeat> <power>`, or nothing
void Kept::keep(const std::optional<Alarm::Setting>& alarm) {
  write_or_warn(kAlarmRecord, !alarm ? std::string{}
                                     : fmt::format("{} {} {}", to_text(alarm->time), static_cast<int>(alarm->repeat),
                                                   static_cast<int>(alarm->power)));
}

std::optional<Alarm::Setting> Kept::alarm() const {
  constexpr std::size_t kTimeLength = std::string_view{"yy/MM/dd,hh:mm:ss+zz"}.size();
  constexpr std::size_t kLength = kTimeLength + std::string_view{" r p"}.size();
  const auto record = read(kAlarmRecord).value_or("");
  const auto time = record.size() == kLength ? parse_local_time(record.substr(0, kTimeLength)) : std::nullopt;
  if (!time) return std::nullopt;
  const auto repeat = record[kLength - 3] - '0', power = record[kLength - 1] - '0';
  if (repeat < 0 || repeat > 3 || power < 0 || power > 2) return std::nullopt;
  return Alarm::Setting{*time, static_cast<Alarm::Repeat>(repeat), static_cast<Alarm::Power>(power)};
}

// a line for each place, empty where it is free
bool Kept::keep(const PreferredOperators& operators) {
  std::string record;
  for (const auto& each : operators) record += each + '\n';
  return write(kPreferredOperatorsRecord, record);
}

PreferredOperators Kept::preferred_operators() const {
  PreferredOperators operators;
  auto record = read(kPreferredOperatorsRecord).value_or("");
  for (auto& each : operators) {
    const auto length = std::min(record.find('\n'), record.size());
    each = record.substr(0, length);
    record.erase(0, length + 1);
  }
  return operators;
}

bool Kept::keep_tcpip(int context, const TcpIpSettings& settings, const Access& access) {
  return write(tcpip_record_name(context), tcpip_record(settings, access));
}

void Kept::recall_tcpip(int context, TcpIpSettings& settings, Access& access) const {
  if (const auto record = read(tcpip_record_name(context))) device::recall_tcpip(*record, settings, access);
}

}  // namespace quasimodem::device
