// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/tcpip_record.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <fmt/core.h>

namespace quasimodem::device {
namespace {

struct NumberRow {
  std::string_view name;
  int TcpIpSettings::*member;
};
constexpr NumberRow kNumbers[] = {
    {"host_is_name", &TcpIpSettings::host_is_name},
    {"prompt", &TcpIpSettings::prompt},
    {"head", &TcpIpSettings::head},
    {"show_remote", &TcpIpSettings::show_remote},
    {"retries", &TcpIpSettings::retries},
    {"wait", &TcpIpSettings::wait},
    {"send_size", &TcpIpSettings::send_size},
    {"escape", &TcpIpSettings::escape},
};

struct TextRow {
  std::string_view name;
  std::string Access::*member;
};
constexpr TextRow kTexts[] = {{"apn", &Access::apn}, {"user", &Access::user}, {"password", &Access::password}};

constexpr std::string_view kMode = "mode";

void read_number(std::string_view text, int& value) { std::from_chars(text.data(), text.data() + text.size(), value); }

void recall_line(std::string_view name, std::string_view value, TcpIpSettings& settings, Access& access) {
  if (name == kMode) read_number(value, access.mode);
  for (const auto& row : kNumbers) {
    if (row.name == name) read_number(value, settings.*row.member);
  }
  for (const auto& row : kTexts) {
    if (row.name == name) access.*row.member = value;
  }
}

}  // namespace

std::string tcpip_record_name(int context) { return fmt::format("tcpip{}", context); }

Bytes tcpip_record(const TcpIpSettings& settings, const Access& access) {
  auto record = fmt::format("{}={}\n", kMode, access.mode);
  for (const auto& row : kNumbers) record += fmt::format("{}={}\n", row.name, settings.*row.member);
  for (const auto& row : kTexts) record += fmt::format("{}={}\n", row.name, access.*row.member);
  return to_bytes(record);
}

void recall_tcpip(ByteSpan record, TcpIpSettings& settings, Access& access) {
  auto text = as_text(record);
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    recall_line(line.substr(0, equals), line.substr(equals + 1), settings, access);
  }
}

}  // namespace quasimodem::device
