// SPDX-License-Identifier: Apache-2.0
// Drivers that use SSL: what they send, byte for byte, and how strictly they read (clients.md 2.4, 2.6, 2.9).
#include <fmt/core.h>

#include "tests/emulator/driver.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/tls_peer.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

constexpr std::string_view kAddress = "198.51.100.9";

/// AT+QSECWRITE as `line` has it, the file, and the answer with its checksum.
void upload(Driver& driver, std::string_view line, std::string_view file) {
  const auto content = pki(file);
  driver.wants(fmt::format(fmt::runtime(line), content.size()), "\r\nCONNECT\r\n");
  driver.bench.send_raw(content);
  driver.bench.expect(fmt::format("+QSECWRITE: {},{:x}", content.size(), expected_checksum(content)));
  driver.bench.expect("OK");
  driver.bench.expect_nothing();
}

/// Reads as the Arduino variant for SSL does: it wakes at LF, and a line is what came since the last LF.
struct LineReader {
  std::vector<std::string> lines;

  explicit LineReader(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size() - 1);
      lines.emplace_back(text.substr(0, end + 1));
      text.remove_prefix(end + 1);
    }
  }
  /// The number of the first line from `from` on in which `words` stand.
  std::size_t find(std::string_view words, std::size_t from = 0) const {
    for (auto i = from; i < lines.size(); ++i) {
      if (lines[i].find(words) != std::string::npos) return i;
    }
    return lines.size();
  }
};

}  // namespace

TEST_CASE("the Arduino variant for SSL on an M95", "[drivers][clients 2.4]") {
  Driver driver{"\r"};
  TlsPeer peer{driver.bench.network(), "peer.test", 443};
  peer.on_plaintext = [&peer](std::string_view text) { peer.send(text); };

  CHECK(LineReader{driver.ask("AT")}.find("OK\r") == 1);
  driver.all_end_in_ok({"ATE0"});
  // Two lines in one go; it waits for the second OK.
  driver.bench.send_raw("AT+QIURC=0\rAT\r");
  CHECK(driver.bench.take() == "\r\nOK\r\n\r\nOK\r\n");
  driver.reads("AT+CGREG?", "+CGREG: 0,1");
  driver.all_ok({"AT+CGATT=1", "AT+QIFGCNT=0", "AT+QICSGP=1", "AT+QIMUX=1", "AT+QIMODE=0",
                 "AT+QSSLCFG=\"sslversion\",0,3", "AT+QSSLCFG=\"seclevel\",0,0",
                 "AT+QSSLCFG=\"ciphersuite\",0,\"0XFFFF\"", "AT+QIDNSIP=1", "AT+QIREGAPP", "AT+QIACT"});

  const LineReader opened{driver.ask("AT+QSSLOPEN=0,0,\"peer.test\",443,0")};
  const auto ok = opened.find("OK\r");
  REQUIRE(ok < opened.lines.size());
  CHECK(opened.find("+QSSLOPEN: 0,0", ok + 1) < opened.lines.size());

  for (const auto* text : {"GET / HTTP/1.1\r\n\r\n", "www", "a longer block, as one would send it"}) {
    driver.bench.send("AT+QSSLSEND=0");
    driver.bench.advance(20s);  // the prompt ends in no LF: it is not seen, the driver waits its time
    driver.bench.expect_prompt();
    driver.bench.expect_nothing();
    driver.bench.send_raw(std::string{text} + "\x1A");
    driver.bench.advance({});
    driver.bench.expect("SEND OK");
    // The echo is announced before the next command, never inside its answer.
    driver.bench.expect("+QSSLURC: \"recv\",0,0");
    driver.bench.expect_nothing();
    const LineReader received{driver.ask("AT+QSSLRECV=0,0,255")};
    REQUIRE(received.lines.size() > 2);
    CHECK(received.lines[1].find(fmt::format(",TCP,{}\r\n", std::string_view{text}.size())) != std::string::npos);
    driver.ok("AT+QSSLRECV=0,0,255");
  }
  // 255 bytes at a time, the rest by polling.
  peer.send(std::string(300, 'w'));
  driver.bench.advance({});
  driver.bench.expect("+QSSLURC: \"recv\",0,0");
  const auto address = driver.bench.network().address_of("peer.test").text();
  for (const std::size_t size : {255U, 45U}) {
    driver.wants("AT+QSSLRECV=0,0,255",
                 fmt::format("\r\n+QSSLRECV: {}:443,TCP,{}\r\n{}\r\nOK\r\n", address, size, std::string(size, 'w')));
  }
  driver.ok("AT+QSSLRECV=0,0,255");
}

TEST_CASE("Zerynth with TLS and a client certificate", "[drivers][clients 2.6]") {
  const int socket = GENERATE(0, 1, 5);
  Driver driver;
  TlsPeer peer{driver.bench.network(), kAddress, 8883, tls_server_demanding_certificates()};
  peer.on_plaintext = [&peer](std::string_view text) { peer.send(text); };
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+CMEE=2", "AT+QIMUX=1", "AT+QINDI=1", "AT+QICSGP=1,\"apn\",\"u\",\"p\"",
                 "AT+QIREGAPP=\"apn\",\"u\",\"p\"", "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");

  // Context, socket and the number in the file names are the same.
  const auto configure = [&](std::string_view what) { driver.ok(fmt::format(fmt::runtime(what), socket)); };
  configure("AT+QSSLCFG=\"sslversion\",{0},3");
  configure("AT+QSSLCFG=\"ciphersuite\",{0},\"0XFFFF\"");
  const struct {
    std::string_view name, type, file;
  } files[] = {
      {"cacert", "cacert", "ca.crt"}, {"clicrt", "clientcert", "client.crt"}, {"prvkey", "clientkey", "client.key"}};
  for (const auto& [name, type, file] : files) {
    CHECK(driver.ask(fmt::format("AT+QSECDEL=\"RAM:{}{}\"", name, socket)).starts_with("\r\n+CME ERROR: "));
    upload(driver, fmt::format("AT+QSECWRITE=\"RAM:{}{}\",{{}},5,0", name, socket), file);
    driver.ok(fmt::format("AT+QSSLCFG=\"{0}\",{2},\"RAM:{1}{2}\"", type, name, socket));
  }
  configure("AT+QSSLCFG=\"seclevel\",{0},2");
  driver.ok("AT+QSSLCFG=\"ignorertctime\",1");

  driver.wants(fmt::format("AT+QSSLOPEN={0},{0},\"{1}\",8883,0", socket, kAddress),
               fmt::format("\r\nOK\r\n\r\n+QSSLOPEN: {},0\r\n", socket));
  driver.wants(fmt::format("AT+QSSLRECV=0,{},256", socket), "\r\nOK\r\n");  // it polls
  const auto block = std::string(200, '\x1A') + "\r\n> " + std::string(96, '\xFF');
  driver.sends(fmt::format("AT+QSSLSEND={},{}", socket, block.size()), block,
               fmt::format("\r\nSEND OK\r\n\r\n+QSSLURC: \"recv\",0,{}\r\n", socket));
  CHECK(peer.received() == block);
  const auto part = [&](std::string_view data) {
    driver.wants(fmt::format("AT+QSSLRECV=0,{},256", socket),
                 fmt::format("\r\n+QSSLRECV: {}:8883,TCP,{}\r\n{}\r\nOK\r\n", kAddress, data.size(), data));
  };
  part(std::string_view{block}.substr(0, 256));
  part(std::string_view{block}.substr(256));
  driver.wants(fmt::format("AT+QSSLRECV=0,{},256", socket), "\r\nOK\r\n");
  driver.wants(fmt::format("AT+QSSLCLOSE={}", socket), fmt::format("\r\n{}, CLOSE OK\r\n", socket));
  CHECK(!peer.connected());
}

TEST_CASE("Zerynth closes what could not be opened", "[drivers][clients 2.6]") {
  Driver driver;
  driver.bench.network().refuse(kAddress, 8883);
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+QIMUX=1", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants(fmt::format("AT+QSSLOPEN=0,0,\"{}\",8883,0", kAddress), "\r\nOK\r\n\r\n+QSSLOPEN: 0,-1\r\n");
  driver.wants("AT+QSSLCLOSE=0", "\r\nERROR\r\n");
  driver.ok("AT");
}

TEST_CASE("the Paho transceiver with TLS", "[drivers][clients 2.9]") {
  Driver driver{"\r"};
  TlsPeer peer{driver.bench.network(), "peer.test", 8883};
  const auto address = driver.bench.network().address_of("peer.test").text();
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+QIFGCNT=1", "AT+QICSGP=1,\"apn\"", "AT+QIDNSIP=1", "AT+QIMUX=1", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QSECDEL=\"RAM:ca_cert.pem\"", "\r\n+CME ERROR: 4010\r\n");
  upload(driver, "AT+QSECWRITE=\"RAM:ca_cert.pem\",{},100", "ca.crt");
  CHECK(driver.ask("AT+QSECREAD=\"RAM:ca_cert.pem\"").starts_with("\r\n+QSECREAD: 1"));
  driver.all_ok({"AT+QSSLCFG=\"seclevel\",0,1", "AT+QSSLCFG=\"ignorertctime\",1", "AT+QSSLCFG=\"sslversion\",0,2",
                 "AT+QSSLCFG=\"ciphersuite\",0,\"0XFFFF\"", "AT+QSSLCFG=\"cacert\",0,\"RAM:ca_cert.pem\""});
  driver.wants("AT+QSSLOPEN=1,0,\"peer.test\",8883,0", "\r\nOK\r\n\r\n+QSSLOPEN: 1,0\r\n");
  driver.sends("AT+QSSLSEND=1,5", "hello", "\r\nSEND OK\r\n");
  peer.send("pong");
  driver.bench.advance({});
  // The context is the other one: it stands first.
  driver.bench.expect("+QSSLURC: \"recv\",1,1");
  driver.wants("AT+QSSLRECV=1,1,1500", "\r\n+QSSLRECV: " + address + ":8883,TCP,4\r\npong\r\nOK\r\n");
  driver.wants("AT+QSSLRECV=1,1,1500", "\r\nOK\r\n");
  peer.close();
  driver.bench.advance({});
  driver.bench.expect("+QSSLURC: \"closed\",1");
}
