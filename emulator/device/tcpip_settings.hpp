// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

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

/// AT+QI* settings that say how the stack behaves. Volatile (at-reference 2.9); defaults: at-reference 0, rule 10.
struct TcpIpSettings {
  int multiple_sessions = 0;  ///< QIMUX
  int transparent = 0;        ///< QIMODE
  int notify = 0;             ///< QINDI: 0 push data to the UART, 1 tell and wait for QIRD, 2 tell of every packet
  int echo_data = 1;          ///< QISDE; counts with ATE1 only
  int host_is_name = 0;       ///< QIDNSIP
  int role = 1;               ///< QISRVC: 1 client, 2 server
  int head = 0;               ///< QIHEAD: `IPD<len>:`
  int show_remote = 0;        ///< QISHOWRA
  int show_protocol = 0;      ///< QISHOWPT
  int show_local = 0;         ///< QISHOWLA
  int prompt = 1;             ///< QIPROMPT: 0 no sign, 1 sign and SEND OK, 2 neither, 3 sign and `<id>, SEND OK`

  /// QITCFG: how transparent mode cuts its stream into packets. ASSUMED: the defaults (at-reference 8).
  int retries = 3;
  int wait = 2;  ///< flush after that many 100 ms without a byte
  int send_size = 1024;
  int escape = 1;

  int auto_send = 0;        ///< QIAUTOS
  int auto_send_time = 10;  ///< s. ASSUMED: the default
  int tcp_port = 0;         ///< QILPORT. ASSUMED: the defaults
  int udp_port = 0;
  // ASSUMED: unread data stays after a close unless the TE asks otherwise; older firmware lost it (quirk Q16).
  int keep_unread = 1;  ///< QCFG "TCP/BufferRemain"

  Sessions sessions() const { return multiple_sessions ? Sessions::multiple : Sessions::single; }
};

}  // namespace quasimodem::device
