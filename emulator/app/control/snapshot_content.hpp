// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "emulator/app/base/json.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/local_time.hpp"
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

/// A number of AT+QI…, and how far it goes.
struct TcpIpNumber {
  std::string_view name;
  int device::TcpIpSettings::*member;
  int highest;
};
inline constexpr TcpIpNumber kTcpIpNumbers[] = {
    {"multiple_sessions", &device::TcpIpSettings::multiple_sessions, 1},
    {"transparent", &device::TcpIpSettings::transparent, 1},
    {"notify", &device::TcpIpSettings::notify, 2},
    {"echo_data", &device::TcpIpSettings::echo_data, 1},
    {"host_is_name", &device::TcpIpSettings::host_is_name, 1},
    {"role", &device::TcpIpSettings::role, 2},
    {"head", &device::TcpIpSettings::head, 1},
    {"show_remote", &device::TcpIpSettings::show_remote, 1},
    {"show_protocol", &device::TcpIpSettings::show_protocol, 1},
    {"show_local", &device::TcpIpSettings::show_local, 1},
    {"prompt", &device::TcpIpSettings::prompt, 3},
    {"retries", &device::TcpIpSettings::retries, 65535},
    {"wait", &device::TcpIpSettings::wait, 65535},
    {"send_size", &device::TcpIpSettings::send_size, 65535},
    {"escape", &device::TcpIpSettings::escape, 1},
    {"auto_send", &device::TcpIpSettings::auto_send, 1},
    {"auto_send_time", &device::TcpIpSettings::auto_send_time, 65535},
    {"tcp_port", &device::TcpIpSettings::tcp_port, 65535},
    {"udp_port", &device::TcpIpSettings::udp_port, 65535},
    {"keep_unread", &device::TcpIpSettings::keep_unread, 1},
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
};

/// Reads a snapshot; the error names the first thing that is missing or out of range. `host` is the time of that name.
tl::expected<SnapshotContent, std::string> read_snapshot(const Json& snapshot,
                                                         const std::optional<device::LocalTime>& host);

}  // namespace quasimodem::app::control
