// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/tls_peer.hpp"

namespace quasimodem::test {

/// Where the peers of these tests are.
inline constexpr std::string_view kHost = "peer.test";
inline constexpr std::uint16_t kPort = 443;

/// A time when all but the deliberately bad certificates of the test PKI are valid, as AT+CCLK takes it.
inline constexpr std::string_view kGoodTime = "15/06/15,12:00:00+00";

/// A module with an active context, AT+QIMUX=1 and ATE0, and the words for secure sockets.
class SecureBench : public ModemBench {
 public:
  explicit SecureBench(std::shared_ptr<const device::Configuration> configuration = {});

  void upload(std::string_view name, ByteSpan content);
  /// AT+QSSLCFG="<type>",<context>,<value>
  void configure(std::string_view type, std::string_view value, int context = 0);
  /// <seclevel> 1 with this CA certificate file of the test PKI (RAM:<file>, uploaded when it is not there).
  void trust(std::string_view ca, int context = 0);
  /// <seclevel> 2 with these files as well.
  void identify(std::string_view certificate, std::string_view key, int context = 0);
  void set_clock(std::string_view time) { ok(fmt::format("AT+CCLK=\"{}\"", time)); }

  struct Target {
    std::string_view host = kHost;
    std::uint16_t port = kPort;
    int context = 0;
    int mode = 0;
    int timeout_s = 90;
  };
  /// AT+QSSLOPEN and its OK; what follows is still to be taken.
  void open(int ssid, const Target& target);
  void open(int ssid) { open(ssid, Target{}); }
  /// … and the connection is made.
  void connect(int ssid, const Target& target);
  void connect(int ssid) { connect(ssid, Target{}); }
  void close(int ssid) { exchange(fmt::format("AT+QSSLCLOSE={}", ssid), {fmt::format("{}, CLOSE OK", ssid)}); }

  /// AT+QSSLSEND with a length, and its result.
  void send_data(int ssid, std::string_view data, std::string_view result = "SEND OK");
  /// AT+QSSLRECV; empty when nothing waits.
  std::string receive(int ssid, int most = 1500, int context = 0);
  std::string receive_all(int ssid, int context = 0);

  /// The next output is exactly this and nothing more; a difference is reported in a few words.
  void expect_bulk(std::string_view bytes, std::string_view then = "");

  /// Lets the time pass from entry to entry of the Timeline until nothing is left to happen.
  void settle();
  /// Up to the next entry of the Timeline; false when there is none.
  bool step();

  /// Nothing of a secure socket is left: no link, nothing waiting to happen, now or later.
  void expect_no_leftovers();
  /// The one and only result of the open command is -1, no matter how long one waits; the index is free again.
  void expect_open_failed(int ssid);
  /// QIREGAPP, QIACT, QILOCIP.
  void activate();

  /// Log lines about this socket, without those of level debug and what a good handshake says.
  std::vector<std::string> reasons(int ssid);
};

/// Where two long texts differ, in a few words; empty when they do not.
std::string difference(std::string_view actual, std::string_view expected);

/// Bytes `from` … of a stream in which all values occur and nothing comes again for a million bytes.
std::string pattern(std::size_t size, std::size_t from = 0);

/// What AT+QSSLCFG="sslversion" takes and this build speaks.
std::vector<std::string> spoken_versions();

/// A server of the test PKI with another certificate.
tls::ServerConfig tls_server_with(std::string_view certificate, std::string_view key);

}  // namespace quasimodem::test
