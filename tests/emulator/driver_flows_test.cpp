// SPDX-License-Identifier: Apache-2.0
// What public drivers send, byte for byte, and how strictly they read (clients.md 2).
#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/uart/software_flow.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/emulator/driver.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

TEST_CASE("TinyGSM on an M95", "[drivers][clients 2.1]") {
  Driver driver;
  auto& listener = driver.bench.network().listen("198.51.100.9", 80);
  driver.all_end_in_ok({"AT", "ATE0"});
  driver.all_ok({"AT+CMEE=0", "AT+QNITZ=1"});
  driver.reads("AT+CPIN?", "+CPIN: READY");
  driver.all_end_in_ok({"AT+CGMI", "AT+CGMM", "ATI", "AT+CIMI", "AT+COPS?", "AT+CCLK?", "AT+CBC"});
  driver.reads("AT+GSN", "001010000000008");
  driver.reads("AT+CSQ", "+CSQ: 30,0");
  driver.reads("AT+CGATT?", "+CGATT: 1");
  driver.reads("AT+QCCID", "+QCCID: 89860012345678901234");
  driver.reads("AT+QSPN?", "+QSPN: \"CMCC\",0");
  driver.reads("AT+QTEMP?", "+QTEMP: 1,1123,36");
  driver.reads("AT+CREG?", "+CREG: 0,1");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.all_ok({"AT+QIFGCNT=0", "AT+QICSGP=1,\"apn\",\"user\",\"pass\"", "AT+QIMODE=0", "AT+QIMUX=1",
                 "AT+QIREGAPP=\"apn\",\"user\",\"pass\"", "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.ok("AT+QINDI=1");
  driver.wants("AT+QICLOSE=0", "\r\nERROR\r\n");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.sends("AT+QISEND=0,4", "\n\r\n\x1A", "\r\nSEND OK\r\n");
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
  driver.all_ok({"AT+CMGF=1", "AT+CSCS=\"GSM\""});
  driver.sends("AT+CMGS=\"+8615021012496\"", "hello\x1A", "\r\n+CMGS: 1\r\n\r\nOK\r\n");
  driver.all_ok({"AT+QMGDA=6", "AT+QSCLK=1", "AT+QSCLK=0", "AT+CMEE=2"});
  driver.wants("AT+CUSD=1,\"*100#\"", "\r\nOK\r\n\r\n+CUSD: 0,\"Your balance is 10.00\",15\r\n");
  // Its restart.
  CHECK(driver.ask("AT+CFUN=0").starts_with("\r\n+CPIN: NOT READY\r\n\r\nOK\r\n"));
  CHECK(driver.ask("AT+CFUN=1").find("\r\nOK\r\n") != std::string::npos);
  driver.wants("AT+QPOWD=1", "\r\nNORMAL POWER DOWN\r\n");
}

TEST_CASE("TinyGSM on an MC60", "[drivers][clients 5]") {
  Driver driver{"\r\n", workbench::configured({.model = device::Model::mc60})};
  auto& listener = driver.bench.network().listen("peer.test", 80);
  const auto ip = driver.bench.network().address_of("peer.test").text();
  driver.all_end_in_ok({"AT", "ATE0"});
  driver.all_ok({"AT+CMEE=0", "AT+QNITZ=1"});
  driver.reads("AT+CPIN?", "+CPIN: READY");
  driver.all_end_in_ok({"AT+CGMI", "AT+CIMI", "AT+COPS?", "AT+CCLK?", "AT+CBC"});
  driver.reads("AT+CGMM", "Quectel_MC60");
  driver.reads("ATI", "Quectel_Ltd\r\nQuectel_MC60\r\nRevision: MC60CAR01A10");
  driver.reads("AT+CCID", "+CCID: \"89860012345678901234\"");
  driver.reads("AT+GSN", "001010000000008");
  driver.reads("AT+CREG?", "+CREG: 0,1");
  driver.reads("AT+CSQ", "+CSQ: 30,0");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.all_ok({"AT+QIFGCNT=0", "AT+QICSGP=1,\"apn\",\"user\",\"pass\"", "AT+CGDCONT=1,\"IP\",\"apn\"", "AT+CGACT=1,1",
                 "AT+QIMODE=0", "AT+QIMUX=1", "AT+QISRVC=1", "AT+QIREGAPP=\"apn\",\"user\",\"pass\"", "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.ok("AT+QINDI=2");
  driver.wants("AT+QICLOSE=0", "\r\nERROR\r\n");
  driver.ok("AT+QIDNSIP=0");  // for a name, which is the wrong way round
  driver.wants("AT+QIOPEN=0,\"TCP\",\"peer.test\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.sends("AT+QISEND=0,4", "\n\r\n\x1A", "\r\nSEND OK\r\n");
  driver.reads("AT+QISACK=0", "+QISACK: 4, 4, 0");
  CHECK(as_text(listener.last().received()) == "\n\r\n\x1A");
  listener.last().send("hello");
  driver.bench.advance({});
  driver.bench.expect("+QIRDI: 0,1,0,1,5,5");
  driver.wants("AT+QIRD=0,1,0,5", "\r\n+QIRD: " + ip + ":80,TCP,5\r\nhello\r\nOK\r\n");
  driver.ok("AT+QIRD=0,1,0,64");
  driver.wants("AT+QISTATE=1,0", "\r\nERROR\r\n");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.all_ok({"AT+QMGDA=6", "AT+QSCLK=1", "AT+QSCLK=0"});
  CHECK(driver.ask("AT+CFUN=0").starts_with("\r\n+CPIN: NOT READY\r\n\r\nOK\r\n"));
  driver.wants("AT+CFUN=1,1", "\r\nOK\r\n");
  driver.bench.advance(1min);
  driver.bench.take();
  driver.all_end_in_ok({"AT", "ATE0"});
  driver.wants("AT+QPOWD=1", "\r\nNORMAL POWER DOWN\r\n");
}

TEST_CASE("RT-Thread on an M26", "[drivers][clients 2.5]") {
  Driver driver{"\r\n", workbench::configured({.model = GENERATE(device::Model::m26, device::Model::m95)})};
  auto& listener = driver.bench.network().listen("peer.test", 80);
  const auto ip = driver.bench.network().address_of("peer.test").text();
  driver.all_end_in_ok({"AT", "ATE0", "ATI"});
  driver.reads("AT+CPIN?", "+CPIN: READY");
  driver.reads("AT+CSQ", "+CSQ: 30,0");
  driver.reads("AT+CREG?", "+CREG: 0,1");
  driver.reads("AT+CGREG?", "+CGREG: 0,1");
  driver.ok("AT+QIFGCNT=0");
  driver.ok("AT+QICSGP=1, \"CMNET\"");
  driver.reads("AT+QIMODE?", "+QIMODE: 0");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.reads("AT+QIMUX?", "+QIMUX: 0");
  driver.all_ok({"AT+QIMUX=1", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.reads("AT+GSN", "001010000000008");
  driver.reads("AT+QIDNSCFG?", "PrimaryDns: 8.8.8.8\r\nSecondaryDns: 0.0.0.0");
  driver.ok("AT+QIDNSCFG=\"198.51.100.1\"");
  driver.reads("AT+QNSTATUS", "+QNSTATUS: 0");
  driver.wants("AT+QIDNSGIP=\"peer.test\"", "\r\nOK\r\n\r\n" + ip + "\r\n");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"" + ip + "\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.sends("AT+QISEND=0,3", "abc", "\r\nSEND OK\r\n");
  driver.reads("AT+QISACK=0", "+QISACK: 3, 3, 0");
  listener.last().send("xyz");
  driver.bench.advance({});
  driver.bench.expect_raw("\r\n+RECEIVE: 0, 3\r\nxyz");
  driver.wants("AT+QPING=\"peer.test\",5,1",
               "\r\nOK\r\n\r\n+QPING: 0," + ip + ",32,0,255\r\n\r\n+QPING: 2,1,1,0,0,0,0\r\n");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
}

TEST_CASE("RT-Thread starts the data early", "[drivers][clients 2.5]") {
  // It counts blank lines and may take the first two for the prompt.
  Driver driver;
  auto& listener = driver.bench.network().listen("198.51.100.9", 80);
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+QIMUX=1", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.bench.send_raw("AT+QISEND=0,3\r\nabc");
  driver.bench.advance({});
  CHECK(driver.bench.take() == "\r\n> \r\nSEND OK\r\n");
  CHECK(as_text(listener.last().received()) == "abc");
}

TEST_CASE("Zerynth on an M95", "[drivers][clients 2.6]") {
  Driver driver;
  auto& listener = driver.bench.network().listen("peer.test", 80);
  const auto ip = driver.bench.network().address_of("peer.test").text();
  driver.wants("ATE1", "ATE1\r\r\nOK\r\n");
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+IPR=115200", "AT+CMEE=2", "AT+CREG=2", "AT+CGREG=2", "AT+QENG=1,0"});
  driver.all_end_in_ok({"ATI", "AT+QGMR"});
  driver.reads("AT+CPIN?", "+CPIN: READY");
  driver.reads("AT+QINISTAT", "+QINISTAT: 3");
  driver.all_ok({"AT+CTZU=1", "AT+CMGF=1", "AT+CSCS=\"IRA\""});
  driver.reads("AT+CSCA?", "+CSCA: \"+8613800210500\",145");
  driver.all_ok({"AT+CNMI=2,1,0,0,0", "AT+CGEREP=1", "AT+QCFG=\"TCP/BufferRemain\",1", "AT+QIMUX=1", "AT+QINDI=1"});
  driver.reads("AT+CREG?", "+CREG: 2,1,\"1878\",\"0873\"");
  driver.reads("AT+CGREG?", "+CGREG: 2,1,\"1878\",\"0873\"");
  driver.all_ok({"AT+QICSGP=1,\"apn\",\"u\",\"p\"", "AT+QIREGAPP=\"apn\",\"u\",\"p\"", "AT+QIACT"});
  driver.reads("AT+GSN", "001010000000008");
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
  driver.all_end_in_ok({"AT+QCCID", "AT+CSQ", "AT+QIDNSCFG?", "AT+CCLK?", "AT+QENG?", "AT+COPS=?", "AT+CPAS"});
  driver.ok("AT+COPS=1,1,\"CMCC\"");
  driver.wants("AT+QIDNSGIP=\"peer.test\"", "\r\nOK\r\n\r\n" + ip + "\r\n");
  driver.wants("AT+QIOPEN=0,\"TCP\",\"" + ip + "\",80,0,0", "\r\nOK\r\n\r\n0, CONNECT OK\r\n");
  driver.sends("AT+QISEND=0,3", "abc", "\r\nSEND OK\r\n");
  driver.reads("AT+QISACK=0", "+QISACK: 3, 3, 0");
  listener.last().send("xyz");
  driver.bench.advance({});
  driver.bench.expect("+QIRDI: 0,1,0");
  driver.wants("AT+QIRD=0,1,0,256", "\r\n+QIRD: " + ip + ":80,TCP,3\r\nxyz\r\nOK\r\n");
  driver.ok("AT+QIRD=0,1,0,256");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
  driver.sends("AT+CMGS=\"+8615021012496\"", "hello\x1A", "\r\n+CMGS: 1\r\n\r\nOK\r\n");
  driver.all_ok({"AT+CMGL=\"ALL\"", "AT+CMGL=\"REC UNREAD\"", "AT+CMGD=1"});
  driver.ok("ATE0");
  CHECK(driver.ask("AT+CFUN=0").starts_with("\r\n+CPIN: NOT READY\r\n\r\nOK\r\n"));
  // The manual has no form without a value. The driver does not look; it cuts the power next.
  driver.wants("AT+QPOWD", "\r\n+CME ERROR: Operation not allowed\r\n");
}

TEST_CASE("the Arduino library for the M10 shield", "[drivers][clients 2.3]") {
  ModemBench bench{
      {.configuration = workbench::configured({.model = device::Model::m10}), .ready = Ready::attached, .echo = true}};
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
  for (const auto* line :
       {"AT+CMGF=1", "AT+CLIP=1", "ATE0", "AT+COLP=1", "AT+CGATT=1", "AT+QIFGCNT=0",
        "AT+QICSGP=1,\"www.apn\",\"\",\"\"", "AT+QIMUX=0", "AT+QIMODE=1", "AT+QINDI=1", "AT+QIREGAPP", "AT+QIACT"}) {
    ok(line);
  }
  CHECK(bench.context(0).access.apn == "www.apn");
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

TEST_CASE("the Arduino library: messages, calls, SIM, cell", "[drivers][clients 2.3]") {
  // No command has a byte here that AT+IFC=1,1 would stuff.
  Driver driver{"\r", workbench::configured({.model = device::Model::m10})};
  driver.all_end_in_ok({"AT", "AT+IFC=1,1", "AT+CMGF=1", "AT+CLIP=1", "ATE0", "AT+COLP=1"});
  driver.sends("AT+CMGS=\"10086\"", "hello\x1A\r", "\r\n+CMGS: 1\r\n\r\nOK\r\n");
  driver.bench.outside().deliver_sms("+4917", "hi", device::sms::Timestamp{10, 9, 25, 17, 25, 1, 32});
  driver.bench.advance({});
  driver.bench.expect("+CMTI: \"SM\",1");
  driver.reads("AT+CMGL=\"REC UNREAD\",1", "+CMGL: 1,\"REC UNREAD\",\"+4917\",\"\",\"2010/09/25 17:25:01+32\"\r\nhi");
  driver.ok("AT+CMGD=1");
  driver.reads("AT+GSN", "001010000000008");
  CHECK(driver.ask("AT+QCCID").find("89860012345678901234") != std::string::npos);
  driver.ok("AT+QENG=1");
  driver.all_end_in_ok({"AT+QENG?", "AT+CSQ", "AT+COPS?", "AT+COPS=?"});
  driver.reads("AT+QBAND?", "+QBAND: \"GSM850_EGSM_DCS_PCS_MODE\"");
  driver.ok("AT+QBAND=\"EGSM_DCS_MODE\"");
  driver.reads("AT+CREG?", "+CREG: 0,1");
  driver.wants("AT+CLCK=\"SC\",2", "\r\n+CLCK: 0\r\n\r\nOK\r\n");
  driver.reads("ATD10086;", "+COLP: \"10086\",129,\"\",0,\"\"");
  driver.bench.ask("ATH");
  driver.bench.outside().ring("0383599999");
  driver.bench.advance({});
  driver.bench.expect("RING");
  driver.bench.expect("+CLIP: \"0383599999\",129,\"\",,\"\",0");
  driver.ok("ATA");
  driver.reads("AT+CLCC", "+CLCC: 1,1,0,0,0,\"0383599999\",129,\"\"");
  driver.ok("ATH");
  driver.bench.modem().power_key();
  driver.bench.advance(5s);
  CHECK(driver.bench.take().find("POWER DOWN") != std::string::npos);
}

TEST_CASE("the Arduino library as a server of several clients", "[drivers][clients 2.3]") {
  Driver driver{"\r", workbench::configured({.model = device::Model::m10})};
  driver.all_end_in_ok({"ATE0"});
  driver.all_ok({"AT+QIFGCNT=0", "AT+QICSGP=1,\"apn\",\"\",\"\"", "AT+QIMUX=1", "AT+QIMODE=0", "AT+QINDI=1",
                 "AT+QIREGAPP", "AT+QIACT", "AT+QILPORT=\"TCP\",2020"});
  driver.wants("AT+QISERVER", "\r\nOK\r\n\r\nSERVER OK\r\n");
  const auto client = driver.bench.network().call_in(2020, {{{198, 51, 100, 1}}, 40000});
  driver.bench.advance({});
  driver.bench.expect("0, REMOTE IP: 198.51.100.1");
  client->send("hi");
  driver.bench.advance({});
  driver.bench.expect("+QIRDI: 0,2,0");
  driver.wants("AT+QIRD=0,2,0,1500", "\r\n+QIRD: 198.51.100.1:40000,TCP,2\r\nhi\r\nOK\r\n");
  driver.ok("AT+QISRVC=2");
  driver.sends("AT+QISEND=0", "there\x1A", "\r\nSEND OK\r\n");
  CHECK(as_text(client->received()) == "there");
  driver.wants("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n");
  driver.ok("AT+QISRVC=1");
}
