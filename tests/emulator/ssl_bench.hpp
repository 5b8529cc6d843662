// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/tls_peer.hpp"

namespace quasimodem::test {

inline constexpr std::string_view kPeerAddress = "198.51.100.9";

/// A module in IP STATUS with QIMUX=1, and a TLS server at 198.51.100.9:443.
struct SslBench : ModemBench {
  explicit SslBench(tls::ServerConfig server = tls_server(), Options options = {.ready = Ready::ip_status})
      : ModemBench{std::move(options)}, peer{network(), kPeerAddress, 443, std::move(server)} {
    ok("AT+QIMUX=1");
    ok("AT+QISDE=0");
  }

  static std::string open_command(int ssid, int context = 0, int port = 443, std::string_view more = "") {
    return fmt::format("AT+QSSLOPEN={},{},\"{}\",{},0{}", ssid, context, kPeerAddress, port, more);
  }
  /// Opens and expects the code.
  void open(int ssid, int code = 0, int context = 0) {
    INFO(log().text);
    exchange(open_command(ssid, context), {"OK", fmt::format("+QSSLOPEN: {},{}", ssid, code)});
  }
  /// Sends with a length, and expects SEND OK.
  void send_data(int ssid, std::string_view data) {
    send(fmt::format("AT+QSSLSEND={},{}", ssid, data.size()));
    expect_prompt();
    send_raw(data);
    expect("SEND OK");
    expect_nothing();
  }
  void peer_sends(std::string_view data) {
    peer.send(data);
    advance({});
  }
  void upload(std::string_view name, std::string_view file) {
    const auto content = pki(file);
    send(fmt::format("AT+QSECWRITE=\"{}\",{}", name, content.size()));
    send_raw(content);
    REQUIRE(take().ends_with("\r\nOK\r\n"));
  }
  /// The data of AT+QSSLRECV, everything else about the answer checked.
  std::string receive(int ssid, std::size_t most = 1500, int port = 443) {
    const auto answer = ask(fmt::format("AT+QSSLRECV=0,{},{}", ssid, most));
    if (answer == "\r\nOK\r\n") return {};
    const auto header_end = answer.find("\r\n", 2) + 2;
    const auto data = answer.substr(header_end, answer.size() - header_end - 6);
    REQUIRE(answer ==
            fmt::format("\r\n+QSSLRECV: {}:{},TCP,{}\r\n{}\r\nOK\r\n", kPeerAddress, port, data.size(), data));
    return data;
  }
  /// Everything that waits, read in portions of `most`.
  std::string receive_all(int ssid, std::size_t most = 1500) {
    std::string all;
    for (auto part = receive(ssid, most); !part.empty(); part = receive(ssid, most)) all += part;
    return all;
  }

  TlsPeer peer;
};

/// Text without an obvious period.
inline std::string some_text(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('!' + (i * 31 + (i >> 6) * 7) % 90);
  return text;
}

}  // namespace quasimodem::test
