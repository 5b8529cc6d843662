// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "emulator/app/base/json.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/ftp.hpp"
#include "emulator/device/http.hpp"
#include "emulator/device/local_time.hpp"
#include "emulator/device/mailer.hpp"
#include "emulator/device/mqtt.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "emulator/device/tcpip_settings.hpp"

namespace quasimodem::app::control {

inline constexpr std::int64_t kSnapshotFormat = 1;

/// What the network grants.
inline constexpr std::array<std::pair<std::string_view, device::RegistrationStatus>, 4> kCoverage{{
    {"home", device::RegistrationStatus::home},
    {"roaming", device::RegistrationStatus::roaming},
    {"denied", device::RegistrationStatus::denied},
    {"none", device::RegistrationStatus::searching},
}};

/// `to`, `cc`, `bcc`
inline constexpr std::array<std::pair<std::string_view, device::MailField>, 3> kMailFields{{
    {"to", device::MailField::to},
    {"cc", device::MailField::cc},
    {"bcc", device::MailField::bcc},
}};

/// What AT+QSMTPATT has attached: a file of the store, or what came from the TE, of which only the checksum is known.
struct AttachedThen {
  std::string name;
  std::size_t size = 0;
  std::optional<device::FileName> file{};
  std::string checksum;
};

/// Everything of a snapshot in typed form.
struct SnapshotContent {
  bool on = true;
  device::LocalTime rtc{};
  device::Sim::Record sim{};
  device::Functionality functionality = device::Functionality::full;
  bool attaches_itself = true;
  device::RegistrationStatus coverage = device::RegistrationStatus::home;
  int rssi = 0, ber = 0;
  device::AccessPoints access_points;
  std::string profile;
  device::TcpIpSettings tcpip;
  std::array<std::string, device::kContexts> access;
  std::array<device::NameServers, device::kContexts> name_servers;
  std::array<device::TcpIpState, device::kContexts> states{};
  int foreground = 0;
  device::SslSettings ssl;
  device::Http::Settings http;
  device::Ftp::Settings ftp;
  device::Mailer::Settings mail;
  bool mail_authentication = true;
  std::vector<AttachedThen> attachments;
  std::array<device::MqttSettings, device::kMqttClients> mqtt;
};

/// Reads a snapshot; the error names the first thing that is missing or out of range. `host` is the time of that name.
tl::expected<SnapshotContent, std::string> read_snapshot(const Json& snapshot,
                                                         const std::optional<device::LocalTime>& host);

}  // namespace quasimodem::app::control
