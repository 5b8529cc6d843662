// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "emulator/device/number_row.hpp"
#include "emulator/device/states.hpp"

namespace quasimodem::device {

inline constexpr int kContexts = 2;  ///< <cid> 0 and 1 (M66 11.28)

/// AT+QICSGP, AT+QIREGAPP.
struct Access {
  int mode = 1;  ///< 0 CSD, 1 GPRS
  std::string apn;
  std::string user;
  std::string password;
};

/// AT+QIMUX: with it the states of single connections are shown per socket, not in the context's own state.
enum class Sessions { single = 0, multiple = 1 };

/// AT+QIDNSCFG; empty: the network's.
struct NameServers {
  std::string primary;
  std::string secondary;
};

/// AT+QINDI: data is pushed to the UART, or waits for AT+QIRD, told of once or for every packet.
enum class Notify { push = 0, once = 1, every_packet = 2 };
/// AT+QIPROMPT: `sign` shows "> ", `result` says SEND OK.
enum class Prompt { result = 0, sign_and_result = 1, neither = 2, sign_and_numbered_result = 3 };

/// AT+QI* settings that say how the stack behaves. Volatile (at-reference 2.9); defaults: at-reference 0, rule 10.
struct TcpIpSettings {
  bool multiple_sessions = false;  ///< QIMUX
  bool transparent = false;        ///< QIMODE
  Notify notify = Notify::push;
  bool echo_data = true;       ///< QISDE; counts with ATE1 only
  bool host_is_name = false;   ///< QIDNSIP
  Role role = Role::client;    ///< QISRVC: which sockets commands mean
  bool head = false;           ///< QIHEAD: `IPD<len>:`
  bool show_remote = false;    ///< QISHOWRA
  bool show_protocol = false;  ///< QISHOWPT
  bool show_local = false;     ///< QISHOWLA
  Prompt prompt = Prompt::sign_and_result;

  /// QITCFG: how transparent mode cuts its stream into packets. ASSUMED: the defaults (at-reference 8).
  int retries = 3;
  int wait = 2;  ///< flush after that many 100 ms without a byte
  int send_size = 1024;
  bool escape = true;

  bool auto_send = false;   ///< QIAUTOS
  int auto_send_time = 10;  ///< s. ASSUMED: the default
  int tcp_port = 0;         ///< QILPORT. ASSUMED: the defaults
  int udp_port = 0;
  // ASSUMED: unread data stays after a close unless the TE asks otherwise; older firmware lost it (quirk Q16).
  bool keep_unread = true;  ///< QCFG "TCP/BufferRemain"

  Sessions sessions() const { return multiple_sessions ? Sessions::multiple : Sessions::single; }
};

/// All of them, for snapshots; those that AT+QISCON keeps too (M66 11.22) first.
inline constexpr NumberRow<TcpIpSettings> kTcpIpRows[] = {
    number_row<&TcpIpSettings::host_is_name>("host_is_name", 0, 1),
    number_row<&TcpIpSettings::prompt>("prompt", 0, 3),
    number_row<&TcpIpSettings::head>("head", 0, 1),
    number_row<&TcpIpSettings::show_remote>("show_remote", 0, 1),
    number_row<&TcpIpSettings::retries>("retries", 0, 65535),
    number_row<&TcpIpSettings::wait>("wait", 0, 65535),
    number_row<&TcpIpSettings::send_size>("send_size", 0, 65535),
    number_row<&TcpIpSettings::escape>("escape", 0, 1),
    number_row<&TcpIpSettings::multiple_sessions>("multiple_sessions", 0, 1),
    number_row<&TcpIpSettings::transparent>("transparent", 0, 1),
    number_row<&TcpIpSettings::notify>("notify", 0, 2),
    number_row<&TcpIpSettings::echo_data>("echo_data", 0, 1),
    number_row<&TcpIpSettings::role>("role", 1, 2),
    number_row<&TcpIpSettings::show_protocol>("show_protocol", 0, 1),
    number_row<&TcpIpSettings::show_local>("show_local", 0, 1),
    number_row<&TcpIpSettings::auto_send>("auto_send", 0, 1),
    number_row<&TcpIpSettings::auto_send_time>("auto_send_time", 0, 65535),
    number_row<&TcpIpSettings::tcp_port>("tcp_port", 0, 65535),
    number_row<&TcpIpSettings::udp_port>("udp_port", 0, 65535),
    number_row<&TcpIpSettings::keep_unread>("keep_unread", 0, 1),
};
inline constexpr std::span kKeptTcpIpRows = std::span{kTcpIpRows}.first<8>();

}  // namespace quasimodem::device
