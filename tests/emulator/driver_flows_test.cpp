// SPDX-License-Identifier: Apache-2.0
// What public drivers send, byte for byte, and how strictly they read (clients.md 2).
#include "emulator/uart/software_flow.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

ModemBench::Options fresh() { return {.ready = Ready::attached, .echo = true}; }

/// A driver that ends its lines with CR LF and reads the answers exactly.
struct CrLfDriver {
  ModemBench bench{fresh()};

  std::string ask(std::string_view line) {
    bench.send_raw(std::string{line} + "\r\n");
    bench.advance({});
    return bench.take();
  }
  void wants(std::string_view line, std::string_view answer) {
    INFO(std::string{line});
    REQUIRE(escaped(ask(line)) == escaped(answer));
  }
  void ok(std::string_view line) { wants(line, "\r\nOK\r\n"); }
  void ends_in_ok(std::string_view line) {
    const auto answer = ask(line);
    INFO(std::string{line} << ": " << escaped(answer));
    REQUIRE(answer.ends_with("\r\nOK\r\n"));
  }
};

}  // namespace

TEST_CASE("TinyGSM on an M95", "[drivers]") {
  CrLfDriver driver;
  auto& listener = driver.bench.network().listen("198.51.100.9", 80);
  driver.ends_in_ok("AT");
  driver.ends_in_ok("ATE0");
  for (const auto* line : {"AT+CMEE=0", "AT+QNITZ=1"}) driver.ok(line);
  driver.wants("AT+CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n");
  for (const auto* line : {"AT+CGMI", "AT+CGMM", "ATI", "AT+GSN", "AT+CIMI", "AT+CSQ", "AT+COPS?", "AT+CGATT?",
                           "AT+CCLK?", "AT+CBC", "AT+QSPN?"}) {
    driver.ends_in_ok(line);
  }
  CHECK(driver.ask("AT+QCCID").starts_with("\r\n+QCCID: 8986"));
  driver.wants("AT+QTEMP?", "\r\n+QTEMP: 1,1123,36\r\n\r\nOK\r\n");
  driver.wants("AT+CREG?", "\r\n+CREG: 0,1\r\n\r\nOK\r\n");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  for (const auto* line : {"AT+QIFGCNT=0", "AT+QICSGP=1,\"apn\",\"user\",\"pass\"", "AT+QIMODE=0", "AT+QIMUX=1",
                           "AT+QIREGAPP=\"apn\",\"user\",\"pass\"", "AT+QIACT"}) {
    driver.ok(line);
  }
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.ok("AT+QINDI=1");
  driver.wants("AT+QICLOSE=0", "\r\nERROR\r\n");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.wants("AT+QISEND=0,4", "\r\n> ");
  driver.bench.send_raw("\n\r\n\x1A");
  CHECK(driver.bench.take().ends_with("\r\nSEND OK\r\n"));
  CHECK(as_text(listener.last().received()) == "\n\r\n\x1A");
  listener.last().send("hello");
  driver.bench.advance({});
  driver.bench.expect("+QIRDI: 0,1,0");
  driver.wants("AT+QIRD=0,1,0,255", "\r\n+QIRD: 198.51.100.9:80,TCP,5\r\nhello\r\nOK\r\n");
  driver.ok("AT+QIRD=0,1,0,255");
  // Its connected() expects another module's answer; a real M95 says ERROR.
  driver.wants("AT+QISTATE=1,0", "\r\nERROR\r\n");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.wants("AT+QPOWD=1", "\r\nNORMAL POWER DOWN\r\n");
}

TEST_CASE("RT-Thread on an M26", "[drivers]") {
  CrLfDriver driver;
  auto& listener = driver.bench.network().listen("peer.test", 80);
  const auto ip = driver.bench.network().address_of("peer.test").text();
  driver.ends_in_ok("AT");
  driver.ends_in_ok("ATE0");
  driver.ends_in_ok("ATI");
  driver.wants("AT+CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n");
  driver.wants("AT+CSQ", "\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
  driver.wants("AT+CREG?", "\r\n+CREG: 0,1\r\n\r\nOK\r\n");
  driver.wants("AT+CGREG?", "\r\n+CGREG: 0,1\r\n\r\nOK\r\n");
  driver.ok("AT+QIFGCNT=0");
  driver.ok("AT+QICSGP=1, \"CMNET\"");
  driver.wants("AT+QIMODE?", "\r\n+QIMODE: 0\r\n\r\nOK\r\n");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.wants("AT+QIMUX?", "\r\n+QIMUX: 0\r\n\r\nOK\r\n");
  for (const auto* line : {"AT+QIMUX=1", "AT+QIREGAPP", "AT+QIACT"}) driver.ok(line);
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.ends_in_ok("AT+GSN");
  driver.wants("AT+QIDNSCFG?", "\r\nPrimaryDns: 8.8.8.8\r\nSecondaryDns: 0.0.0.0\r\n\r\nOK\r\n");
  driver.wants("AT+QNSTATUS", "\r\n+QNSTATUS: 0\r\n\r\nOK\r\n");
  driver.wants("AT+QIDNSGIP=\"peer.test\"", "\r\nOK\r\n\r\n" + ip + "\r\n");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"" + ip + "\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.wants("AT+QISEND=0,3", "\r\n> ");
  driver.bench.send_raw("abc");
  CHECK(driver.bench.take() == "abc\r\nSEND OK\r\n");
  driver.wants("AT+QISACK=0", "\r\n+QISACK: 3, 3, 0\r\n\r\nOK\r\n");
  listener.last().send("xyz");
  driver.bench.advance({});
  driver.bench.expect_raw("\r\n+RECEIVE: 0, 3\r\nxyz");
  driver.wants("AT+QPING=\"peer.test\",5,1",
               "\r\nOK\r\n\r\n+QPING: 0," + ip + ",32,0,255\r\n\r\n+QPING: 2,1,1,0,0,0,0\r\n");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
}

TEST_CASE("Zerynth on an M95", "[drivers]") {
  CrLfDriver driver;
  driver.bench.network().listen("198.51.100.9", 80);
  CHECK(driver.ask("ATE1") == "ATE1\r\r\nOK\r\n");
  driver.ends_in_ok("ATE0");
  for (const auto* line : {"AT+IPR=115200", "AT+CMEE=2", "AT+CREG=2", "AT+CGREG=2", "AT+QENG=1,0"}) driver.ok(line);
  for (const auto* line : {"ATI", "AT+QGMR", "AT+CPIN?"}) driver.ends_in_ok(line);
  driver.wants("AT+QINISTAT", "\r\n+QINISTAT: 3\r\n\r\nOK\r\n");
  for (const auto* line : {"AT+CTZU=1", "AT+CMGF=1", "AT+CSCS=\"IRA\"", "AT+CGEREP=1", "AT+QCFG=\"TCP/BufferRemain\",1",
                           "AT+QIMUX=1", "AT+QINDI=1"}) {
    driver.ok(line);
  }
  driver.wants("AT+CREG?", "\r\n+CREG: 2,1,\"1878\",\"0873\"\r\n\r\nOK\r\n");
  for (const auto* line : {"AT+QICSGP=1,\"apn\",\"u\",\"p\"", "AT+QIREGAPP=\"apn\",\"u\",\"p\"", "AT+QIACT"}) {
    driver.ok(line);
  }
  for (const auto* line : {"AT+GSN", "AT+QCCID", "AT+QIDNSCFG?", "AT+QENG?", "AT+COPS=?", "AT+CPAS"}) {
    driver.ends_in_ok(line);
  }
  driver.ok("AT+COPS=1,1,\"CMCC\"");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80,0,0", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
  CHECK(driver.ask("AT+CFUN=0").starts_with("\r\n+CPIN: NOT READY\r\n\r\nOK\r\n"));
}

TEST_CASE("the Arduino library for the M10 shield", "[drivers]") {
  ModemBench bench{{.configuration = {.model = device::Model::m10}, .ready = Ready::attached, .echo = true}};
  auto& listener = bench.network().listen("www.test", 80);
  // All that the library sends after IFC=1,1 is stuffed, and all that it reads.
  const auto stuffed = [](std::string_view text) { return to_text(uart::SoftwareFlow::encode(as_bytes(text))); };
  const auto ok = [&](std::string_view line) {
    bench.send_raw(stuffed(line) + "\r");
    bench.advance({});
    const auto answer = bench.take();
    INFO(std::string{line} << ": " << escaped(answer));
    REQUIRE(answer.ends_with("\r\nOK\r\n"));
  };
  bench.ask("AT");
  CHECK(bench.ask("AT+CGREG?").find("+CGREG: 0,1") != std::string::npos);
  CHECK(bench.ask("AT+IFC=1,1").ends_with("\r\nOK\r\n"));
  for (const auto* line : {"AT+CMGF=1", "ATE0", "AT+CGATT=1", "AT+QIFGCNT=0", "AT+QICSGP=1,\"www.apn\",\"\",\"\"",
                           "AT+QIMUX=0", "AT+QIMODE=1", "AT+QINDI=1", "AT+QIREGAPP", "AT+QIACT"}) {
    ok(line);
  }
  CHECK(bench.me().context(0).access.apn == "www.apn");
  bench.exchange("AT+QILOCIP", {"10.1.83.188"});
  ok("AT+QIDNSIP=1");
  bench.send_raw(stuffed("AT+QIOPEN=\"TCP\",\"www.test\",80") + "\r");
  bench.expect("OK");
  bench.expect("CONNECT");
  bench.send_raw(stuffed("GET /w\r\n"));
  bench.advance(200ms);
  CHECK(as_text(listener.last().received()) == "GET /w\r\n");
  listener.last().send("w\x11\x13\xFF");
  bench.advance({});
  bench.expect_raw("\x77\x88\x77\xEE\x77\xEC\xFF");
  bench.advance(1s);
  bench.send_raw("+++");
  bench.advance(1s);
  bench.expect("OK");
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  bench.send_raw("\x11\x11\x11");
  bench.expect_nothing();
}
