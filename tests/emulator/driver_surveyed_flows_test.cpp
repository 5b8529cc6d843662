// SPDX-License-Identifier: Apache-2.0
// Drivers that clients.md 2.9 only surveys: their commands in their order, and what they must get back. The MQTT
// commands of uModem, the location commands of OpenTracker and the CMUX of Zephyr are not part of these modules'
// emulation.
#include "emulator/device/pdp_context.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/time_server.hpp"
#include "tests/emulator/driver.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

constexpr std::string_view kAddress = "198.51.100.9";

}  // namespace

TEST_CASE("mbed OS on an M26", "[drivers][clients 2.9]") {
  Driver driver{"\r", workbench::configured({.model = GENERATE(device::Model::m26, device::Model::m95)})};
  auto& listener = driver.bench.network().listen(kAddress, 80);
  driver.all_end_in_ok({"ATE0"});
  driver.ok("AT+QIFGCNT=0");
  driver.reads("AT+QIMODE?", "+QIMODE: 0");
  driver.all_refused({"AT+QIMOD=0", "AT^SISO=0"});  // sic; and what is left of another modem
  driver.reads("AT+QIMUX?", "+QIMUX: 0");
  driver.ok("AT+QIMUX=1");
  driver.reads("AT+QINDI?", "+QINDI: 0");
  driver.all_ok({"AT+QINDI=2", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  // What was sent is the difference of the first numbers.
  driver.reads("AT+QISACK=0", "+QISACK: 0, 0, 0");
  driver.sends("AT+QISEND=0,5", "hello", "\r\nSEND OK\r\n");
  driver.reads("AT+QISACK=0", "+QISACK: 5, 5, 0");
  listener.last().send("ab");
  driver.bench.advance({});
  driver.bench.expect("+QIRDI: 0,1,0,1,2,2");
  driver.wants("AT+QIRD=0,1,0,1460", "\r\n+QIRD: 198.51.100.9:80,TCP,2\r\nab\r\nOK\r\n");
  listener.last().close();
  driver.bench.advance({});
  driver.bench.expect("0, CLOSED");
}

// A real one's log. Names and addresses are ours.
TEST_CASE("the session of an MC60, echo and all", "[drivers][field-reports 5]") {
  Driver driver{"\r", workbench::configured({.model = device::Model::mc60})};
  auto& listener = driver.bench.network().listen("peer.test", 2001);
  const auto says = [&](const std::string& line, const std::string& answer) {
    driver.wants(line, line + "\r" + answer);
  };
  for (const std::string line : {"AT", "ATV1", "ATE1", "AT+CMEE=2"}) says(line, "\r\nOK\r\n");
  says("ATI", "\r\nQuectel_Ltd\r\nQuectel_MC60\r\nRevision: MC60CAR01A10\r\n\r\nOK\r\n");
  says("AT+QCCID", "\r\n89860012345678901234\r\n\r\nOK\r\n");
  for (const std::string line : {"AT+QIMODE=0", "AT+QICSGP=1,\"V-INTERNET\"", "AT+QIREGAPP"}) says(line, "\r\nOK\r\n");
  says("AT+QICSGP?", "\r\n+QICSGP: 1\r\n\r\nOK\r\n");
  says("AT+QIACT", "\r\nOK\r\n");
  says("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  for (const std::string line : {"AT+QIHEAD=1", "AT+QIDNSIP=1"}) says(line, "\r\nOK\r\n");
  says("AT+QIOPEN=\"TCP\",\"peer.test\",\"2001\"", "\r\nOK\r\n\r\nCONNECT OK\r\n");
  says("AT+QISEND", "\r\n> ");
  driver.bench.send_raw("Hello\x1A");
  driver.bench.advance({});
  CHECK(driver.bench.take() == "Hello\r\nSEND OK\r\n");
  listener.last().send("Hello");
  driver.bench.advance({});
  driver.bench.expect_raw("IPD5:Hello");
  says("AT+QISACK", "\r\n+QISACK: 5, 5, 0\r\n\r\nOK\r\n");
  says("AT+QICLOSE", "\r\nCLOSE OK\r\n");
  says("AT+QIDEACT", "\r\nDEACT OK\r\n");
}

TEST_CASE("packets and certificates of an MC60", "[drivers][field-reports 7, 8]") {
  Driver driver{"\r", workbench::configured({.model = device::Model::mc60})};
  auto& listener = driver.bench.network().listen(kAddress, 80);
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+QIMUX=1", "AT+QINDI=2", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  for (const auto& [size, line] : {std::pair{1332, "+QIRDI: 0,1,0,1,1332,1332"},
                                   {1359, "+QIRDI: 0,1,0,2,1359,2691"},
                                   {2, "+QIRDI: 0,1,0,3,2,2693"}}) {
    listener.last().send(std::string(static_cast<std::size_t>(size), 'x'));
    driver.bench.advance({});
    driver.bench.expect(line);
  }
  driver.wants("AT+QSECWRITE=\"NVRAM:ClientKey-private.pem\",3,100", "\r\nCONNECT\r\n");
  driver.bench.send_raw("ABC");
  driver.bench.advance({});
  CHECK(driver.bench.take() == "\r\n+QSECWRITE: 3,242\r\n\r\nOK\r\n");
}

TEST_CASE("an M26 in small letters, open and transparent", "[drivers][field-reports 12]") {
  Driver driver{"\r\n", workbench::configured({.model = device::Model::m26})};
  auto& listener = driver.bench.network().listen(kAddress, 9011);
  driver.all_end_in_ok({"ate0"});
  driver.wants("at+qiopen=\"tcp\",\"198.51.100.9\",\"9011\"", "\r\nOK\r\n\r\nCONNECT OK\r\n");
  driver.sends("at+qisend=3", "abc", "\r\nSEND OK\r\n");
  driver.reads("at+qisack", "+QISACK: 3, 3, 0");
  driver.wants("at+qiclose", "\r\nCLOSE OK\r\n");
  driver.ok("at+qimode=1");
  driver.wants("at+qiopen=\"tcp\",\"198.51.100.9\",\"9011\"", "\r\nOK\r\n\r\nCONNECT\r\n");
  driver.bench.advance(1s);
  driver.bench.send_raw("+++");
  driver.bench.advance(1s);
  driver.bench.expect("OK");
  driver.wants("ATO", "\r\nCONNECT\r\n");
  driver.bench.send_raw("xyz");
  driver.bench.advance(1s);
  CHECK(as_text(listener.last().received()) == "xyz");
}

TEST_CASE("a pill box with an M26, as far as HTTP", "[drivers][field-reports 13]") {
  Driver driver{"\r\n", workbench::configured({.model = device::Model::m26})};
  driver.all_end_in_ok({"ATE0"});
  driver.ok("AT+QREFUSECS=1,1");
  driver.reads("AT+QINISTAT", "+QINISTAT: 3");
  driver.wants("AT+QSECWRITE=\"RAM:ca.pem\",3", "\r\nCONNECT\r\n");
  driver.bench.send_raw("ABC");
  driver.bench.advance({});
  CHECK(driver.bench.take() == "\r\n+QSECWRITE: 3,242\r\n\r\nOK\r\n");
  driver.all_ok({"AT+QSSLCFG=\"sslversion\",0,3", "AT+QSSLCFG=\"seclevel\",0,1",
                 "AT+QSSLCFG=\"ciphersuite\",0,\"0X003D\"", "AT+QSSLCFG=\"cacert\",0,\"RAM:ca.pem\"",
                 "AT+QSSLCFG=\"httpsctxi\",0", "AT+QSSLCFG=\"https\",1", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.wants("AT+QISTAT", "\r\nOK\r\n\r\nSTATE: IP STATUS\r\n");
}

// Its lines end in LF CR and the two LFs of a second puts.
TEST_CASE("a host on mbed that writes with puts", "[drivers][clients 2.9]") {
  const auto line_feeds_after_prompt = GENERATE(0U, 1U, 2U);
  Driver driver{"\n\r\n\n"};
  auto& listener = driver.bench.network().listen(kAddress, 80);
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+QIMUX=1", "AT+QINDI=1", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  std::string sent;
  for (const auto* block : {"abcd", "\r\n\r\n", "wxyz"}) {
    driver.bench.send_raw("AT+QISEND=0,4\n\r" + std::string(2 - line_feeds_after_prompt, '\n'));
    CHECK(driver.bench.take() == "\r\n> ");
    for (auto left = line_feeds_after_prompt; left > 0; --left) driver.bench.send_raw("\n");
    driver.bench.send_raw(block);
    CHECK(driver.bench.take() == "\r\nSEND OK\r\n");
    sent += block;
    CHECK(as_text(listener.last().received()) == sent);
  }
  driver.reads("AT+QISACK=0", "+QISACK: 12, 12, 0");
  driver.sends("AT+QISEND=0", "more\x1A", "\r\nSEND OK\r\n");
  CHECK(as_text(listener.last().received()) == sent + "more");
  listener.last().send("ok");
  driver.bench.advance({});
  driver.bench.expect("+QIRDI: 0,1,0");
  driver.wants("AT+QIRD=0,1,0,1500", "\r\n+QIRD: 198.51.100.9:80,TCP,2\r\nok\r\nOK\r\n");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
}

TEST_CASE("the FreeRTOS port for Quectel's GSM modules", "[drivers][clients 2.9]") {
  Driver driver{"\r"};
  driver.bench.network().listen(kAddress, 80);
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT&D0", "AT+IFC=2,2", "AT+CMEE=2", "ATV1"});
  CHECK(driver.ask("AT+CFUN=1") == "\r\nOK\r\n");
  driver.all_ok({"AT+QIMUX=1", "AT+QINDI=1", "AT+COPS=3,2", "AT+CREG=2", "AT+CGREG=2", "AT+CTZR=1", "AT+QIMODE=0",
                 "AT+QIDNSIP=1", "AT+QIREGAPP"});
  driver.reads("AT+QSIMSTAT?", "+QSIMSTAT: 0,1");
  driver.reads("AT+CPIN?", "+CPIN: READY");
  driver.reads("AT+QCCID", "+QCCID: 89860012345678901234");
  driver.reads("AT+CRSM=176,28514,0,0,0", "+CRSM: 144, 0, \"64F0000080\"");  // the home network, 460 00
  driver.ok("AT+QICSGP=1,\"apn\"");
  driver.ok("AT+QIACT");
  driver.ok("AT+QIDNSCFG=\"8.8.8.8\",\"8.8.4.4\"");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.sends("AT+QISEND=0,2", "hi", "\r\nSEND OK\r\n");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
}

// It was tested on M95 and M66.
TEST_CASE("a driver that gives QICSGP five parameters", "[drivers]") {
  Driver driver{"\r\n", workbench::configured({.model = GENERATE(device::Model::m95, device::Model::m66)})};
  auto& listener = driver.bench.network().listen(kAddress, 80);
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+CMEE=1", "AT+CREG=1", "AT+QIFGCNT=0", "AT+QICSGP=1,\"apn\",\"user\",\"pw\",0", "AT+QIMUX=1",
                 "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  CHECK(driver.bench.context(0).access.apn == "apn");
  CHECK(driver.bench.context(0).access.password == "pw");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.ok("AT+QISDE=0");
  driver.sends("AT+QISEND=0,2", "hi", "\r\nSEND OK\r\n");
  CHECK(as_text(listener.last().received()) == "hi");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
}

TEST_CASE("uModem", "[drivers][clients 2.9]") {
  // It wants CLOSE OK alone, as the firmware that it was written for says.
  Driver driver{"\r", workbench::configured({.firmware = {.close_index = false}})};
  auto& listener = driver.bench.network().listen(kAddress, 80);
  driver.wants("AT+CFUN=1,1", "AT+CFUN=1,1\r\r\nOK\r\n");
  driver.bench.advance(1min);
  driver.bench.take();
  driver.all_end_in_ok({"AT", "ATE0"});
  driver.reads("AT+CPIN?", "+CPIN: READY");
  driver.all_ok({"AT+CMEE=2", "AT+CREG=1"});
  driver.ask("AT+COPS=2");
  driver.bench.send("AT+COPS=0");
  driver.bench.advance(10s);
  CHECK(driver.bench.take().find("\r\n+CREG: 1\r\n") != std::string::npos);
  driver.all_end_in_ok({"AT+QCCID", "AT+CGSN"});
  driver.all_ok({"AT+QIMUX=1", "AT+QINDI=1", "AT+QIREGAPP=\"a\",\"u\",\"p\"", "AT+QIACT"});
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.sends("AT+QISEND=0,2", "hi", "\r\nSEND OK\r\n");
  CHECK(as_text(listener.last().received()) == "hi");
  driver.wants("AT+QICLOSE=0", "\r\nCLOSE OK\r\n");
}

// It goes on only after an OK to nearly all of these, and reads an answer until 30 ms pass without a byte.
TEST_CASE("the Paho transceiver's author: start-up and NTP by UDP on an M95", "[drivers][at-reference JRA]") {
  Driver driver{"\r"};
  workbench::serve_time(driver.bench.network(), "time.test");
  driver.all_end_in_ok({"ATE0"});
  driver.ok("AT+CREG=0");
  driver.reads("AT+CREG?", "+CREG: 0,1");
  driver.ok("AT+QIFGCNT=0");
  driver.reads("AT+COPS?", "+COPS: 0,0,\"CHINA MOBILE\"");
  driver.all_ok({"AT+QICSGP=1,\"entel.pe\"", "AT+CGREG=2"});
  driver.reads("AT+CGREG?", "+CGREG: 2,1,\"1878\",\"0873\"");
  driver.ok("AT+CGREG=0");
  driver.reads("AT+QNSTATUS", "+QNSTATUS: 0");
  driver.all_ok({"AT+QIDNSIP=1", "AT+QINDI=2", "AT+QISDE=0", "AT+QINDRI=0", "AT+CMGF=1"});
  driver.reads("AT+CPMS?", "+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50");
  driver.all_ok({"AT+CCFC=0,3,\"+447700900456\"", "AT+QREFUSECS=1,1", "AT+QIURC=0"});
  for (const auto* kind : {"SQ", "FN", "MW", "UR", "BC", "BM", "SM", "CC", "CN"})
    driver.ok(fmt::format("AT+QEXTUNSOL=\"{}\",0", kind));

  driver.wants("AT+QIOPEN=\"UDP\",\"time.test\",123", "\r\nOK\r\n\r\nCONNECT OK\r\n");
  const std::string request = "\x23" + std::string(47, '\0');
  driver.sends("AT+QISEND=48", request, "\r\nSEND OK\r\n\r\n+QIRDI: 0,1,0,1,48,48\r\n");
  const auto answer = driver.ask("AT+QIRD=0,1,0,48");
  CHECK(answer.starts_with("\r\n+QIRD: "));
  const auto data = answer.find(",UDP,48\r\n");
  REQUIRE(data != std::string::npos);
  CHECK(answer.at(data + 9) == 0x1C);  // a server's answer
  CHECK(answer.substr(data + 9 + 48) == "\r\nOK\r\n");
  driver.wants("AT+QICLOSE", "\r\nCLOSE OK\r\n");
}

TEST_CASE("the Paho transceiver over TCP", "[drivers][clients 2.9]") {
  Driver driver{"\r"};
  auto& listener = driver.bench.network().listen("peer.test", 1883);
  workbench::serve_time(driver.bench.network(), "time.test");
  driver.bench.send_raw("+++");
  driver.bench.advance(1s);
  driver.bench.take();
  driver.all_end_in_ok({"ATE0"});
  driver.wants("AT+QICLOSE", "\r\nERROR\r\n");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.all_ok({"AT+QIFGCNT=1", "AT+QICSGP=1,\"apn\"", "AT+QIDNSIP=1", "AT+QIMUX=0", "AT+QIMODE=1",
                 "AT+QITCFG=3,2,512,1", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QNTP=\"time.test\"", "\r\nOK\r\n\r\n+QNTP: 0\r\n");
  driver.all_end_in_ok({"AT+CCLK?"});
  driver.wants("AT+QIOPEN=\"TCP\",\"peer.test\",1883", "\r\nOK\r\n\r\nCONNECT\r\n");
  driver.bench.send_raw("\x10\x0C");
  driver.bench.advance(200ms);
  CHECK(as_text(listener.last().received()) == "\x10\x0C");
  listener.last().send("\x20\x02");
  driver.bench.advance({});
  driver.bench.expect_raw("\x20\x02");
}

TEST_CASE("OpenTracker", "[drivers][clients 2.9]") {
  Driver driver{"\r"};
  auto& listener = driver.bench.network().listen("peer.test", 80);
  const auto address = driver.bench.network().address_of("peer.test").text();
  driver.wants("ATE1", "ATE1\r\r\nOK\r\n");
  driver.wants("AT+CPAS", "AT+CPAS\r\r\n+CPAS: 0\r\n\r\nOK\r\n");
  driver.all_end_in_ok({"AT+CPIN?", "AT+QISDE=0", "AT+QINDI=1", "AT+QIMUX=1", "AT+CMGF=1"});
  driver.wants("AT+QLOCCFG=\"timeout\",60", "AT+QLOCCFG=\"timeout\",60\r\r\nERROR\r\n");
  // Its reader looks for exactly this echo before the number.
  driver.wants("AT+GSN", "AT+GSN\r\r\n001010000000008\r\n\r\nOK\r\n");
  driver.all_end_in_ok({"ATE0"});
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.all_ok({"AT+QIREGAPP=\"apn\",\"user\",\"pwd\"", "AT+QIDNSIP=1", "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.ok("AT+QIDNSCFG=\"8.8.8.8\"");
  driver.all_end_in_ok({"AT+CGACT?", "AT+CCLK?"});
  driver.wants("AT+QIOPEN=0,\"TCP\",\"peer.test\",\"80\"", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  CHECK(driver.ask("AT+QISTATE").find("+QISTATE: 0, \"TCP\", \"" + address + "\", 80,\"CONNECTED\"") !=
        std::string::npos);
  driver.sends("AT+QISEND=0,5", "GET /", "\r\nSEND OK\r\n");
  CHECK(as_text(listener.last().received()) == "GET /");
  driver.reads("AT+QISACK=0", "+QISACK: 5, 5, 0");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
  driver.wants("AT+QICLOSE=0", "\r\nERROR\r\n");  // it does so, and goes on
  CHECK(driver.ask("AT+CFUN=4").find("\r\nOK\r\n") != std::string::npos);
  driver.ok("AT+QSCLK=1");
  driver.wants("AT+QPOWD=1", "\r\nNORMAL POWER DOWN\r\n");
}

// From the log of field report 2, an M95.
TEST_CASE("OpenTracker sets its name server before the context is up", "[drivers][field-reports 2]") {
  Driver driver;
  auto& listener = driver.bench.network().listen("peer.test", 80);
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+QISDE=0", "AT+QINDI=1", "AT+QIMUX=1", "AT+CMGF=1"});
  driver.ok("AT+QIREGAPP=\"apn\",\"\",\"\"");
  driver.ok("AT+QIDNSCFG=\"8.8.8.8\"");
  driver.ok("AT+QIDNSIP=1");
  driver.ok("AT+QIACT");
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"peer.test\",\"80\"", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.sends("AT+QISEND=0,5", "GET /", "\r\nSEND OK\r\n");
  CHECK(as_text(listener.last().received()) == "GET /");
}

TEST_CASE("ubirch on an M66", "[drivers][clients 5]") {
  Driver driver{"\r\n", workbench::configured({.model = device::Model::m66})};
  auto& listener = driver.bench.network().listen(kAddress, 80);
  driver.all_end_in_ok({"ATE0; &C0; +CMEE=1; +QIURC=0"});
  driver.ok("AT+CMEE=1;+CREG=2");
  driver.reads("AT+CREG?", "+CREG: 2,1,\"1878\",\"0873\"");
  driver.reads("AT+GSN", "001010000000008");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.all_ok({"AT+QIFGCNT=0", "AT+QIMUX=1", "AT+QIDNSIP=0", "AT+QISRVC=1", "AT+CTZU=2", "AT+QNITZ=1", "AT+QIREGAPP",
                 "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",\"80\"", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.sends("AT+QISEND=0,2", "hi", "\r\nSEND OK\r\n");
  listener.last().send("abc");
  driver.bench.advance({});
  driver.bench.expect_raw("\r\n+RECEIVE: 0, 3\r\nabc");
  // It reads the state as a number.
  driver.wants("ATV0", "0\r");
  CHECK(driver.ask("AT+QISTATE").find("+QISTATE: 0, ") != std::string::npos);
  driver.ok("ATV1");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
}

TEST_CASE("ESP-IDF's modem component, as far as it commands", "[drivers][clients 2.9]") {
  Driver driver{"\r"};
  driver.all_end_in_ok({"ATE0"});
  driver.reads("AT+CPIN?", "+CPIN: READY");
  driver.reads("AT+CSQ", "+CSQ: 30,0");
  driver.reads("AT+COPS?", "+COPS: 0,0,\"CHINA MOBILE\"");
  driver.reads("AT+CGSN", "001010000000008");
  driver.reads("AT+CIMI", "460001234567890");
  driver.reads("AT+CGMM", "Quectel_M95");
  driver.reads("AT+CBC", "+CBC: 0,80,4000");
  driver.all_ok({"AT+CGDCONT=1,\"IP\",\"apn\"", "AT+IFC=2,2", "AT+IPR=115200", "AT+CMGF=1"});
  driver.sends("AT+CMGS=\"+8615021012496\"", "hello\x1A", "\r\n+CMGS: 1\r\n\r\nOK\r\n");
  driver.ok("AT&W");
  driver.wants("AT+QPOWD=1", "\r\nNORMAL POWER DOWN\r\n");
}
