// SPDX-License-Identifier: Apache-2.0
// Every fault of the table: what the TE sees of it, and that it is told.
#include "emulator/faults/faults.hpp"

#include <algorithm>
#include <bit>
#include <fstream>
#include <sstream>
#include <vector>

#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/faults/fault_table.hpp"
#include "emulator/seal.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/ftp_peer.hpp"
#include "emulator/workbench/service_peer.hpp"
#include "net/http/server.hpp"
#include "net/mqtt/broker.hpp"
#include "net/smtp/server.hpp"
#include "storage/faulty_flash.hpp"
#include "storage/memory_flash.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/tls_peer.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using emulator::fault_kinds;
using emulator::fault_text;
using emulator::parse_fault;

namespace {

struct Broken : ModemBench {
  explicit Broken(Ready ready = Ready::attached, device::Configuration configuration = {})
      : ModemBench{Options{
            .configuration = workbench::configured(std::move(configuration)), .ready = ready, .journal = true}} {
    listen();
  }
  void listen() {
    faults().on_fired = [this](const FaultFiring& firing) {
      told.push_back(fmt::format("{}: {}", firing.rule.name, firing.subject));
    };
  }
  void fault(std::string_view spec) {
    const auto id = faults().add(spec);
    INFO((id ? std::string{} : id.error()));
    REQUIRE(id);
    advance({});
  }
  /// That the last one told is this, how many there were, and that the journal has them all.
  void expect_told(std::string_view words, std::size_t times = 1) {
    REQUIRE(told.size() == times);
    CHECK(escaped(told.back()) == words);
    expect_records();
  }
  void expect_records() {
    std::vector<std::string> records;
    for (const auto& record : journal().records()) {
      if (record.kind != RecordKind::fault) continue;
      const auto text = [&](std::string_view name) { return std::get<std::string>(*record.find(name)); };
      records.push_back(fmt::format("{}: {}", text("name"), text("subject")));
      CHECK(faults().book().find(static_cast<int>(std::get<std::int64_t>(*record.find("id")))));
    }
    CHECK(records == told);
  }
  void expect_told_times(std::size_t times) {
    CHECK(told.size() == times);
    expect_records();
  }
  void connect() {
    network().listen("peer.test", 80);
    exchange("AT+QIOPEN=\"TCP\",\"peer.test\",80", {"OK", "CONNECT OK"});
  }
  net::SimConnection& peer() { return network().listen("peer.test", 80).last(); }
  void say_from_peer(std::string_view words) {
    peer().send(words);
    advance({});
  }

  std::vector<std::string> told;
};

struct BrokenTls : Broken {
  BrokenTls() : Broken{Ready::ip_status} {
    ok("AT+QIMUX=1");
    ok("AT+CCLK=\"15/06/15,12:00:00+00\"");
  }
  void upload(std::string_view name, const Bytes& content) {
    exchange(fmt::format("AT+QSECWRITE=\"{}\",{}", name, content.size()), {"CONNECT"});
    send_raw(content);
    expect(fmt::format("+QSECWRITE: {},{:x}", content.size(), expected_checksum(content)));
    expect("OK");
  }
  void trust() {
    upload("RAM:ca.crt", pki("ca.crt"));
    ok("AT+QSSLCFG=\"seclevel\",0,1");
    ok("AT+QSSLCFG=\"cacert\",0,\"RAM:ca.crt\"");
  }
  void open(std::string_view result) {
    send("AT+QSSLOPEN=1,0,\"peer.test\",443,0");
    expect("OK");
    if (result.empty()) return expect_nothing();
    INFO(log().text);
    expect(fmt::format("+QSSLOPEN: 1,{}", result));
    expect_nothing();
  }
  TlsPeer peer{network(), "peer.test", 443};
};

std::string contents(const std::string& path) {
  std::ifstream file{std::string{QUASIMODEM_SOURCE_DIR} + "/" + path};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

// A fault of the table without a test of its name, or with one that does not look at the UART and at what was told,
// fails here.
TEST_CASE("every fault of the table has a test that sees its effect and its record", "[fault]") {
  const auto here = contents("tests/emulator/faults_test.cpp");
  for (const auto& kind : fault_kinds()) {
    INFO(kind.name);
    const auto begin = here.find(fmt::format("TEST_CASE(\"{}\", ", kind.name));
    REQUIRE(begin != std::string::npos);
    const auto test = here.substr(begin, here.find("\n}\n", begin) - begin);
    const auto has = [&](std::string_view words) { return test.find(words) != std::string::npos; };
    CHECK(has(fmt::format("fault(\"{}", kind.name)));
    CHECK((has("expect(") || has("expect_raw(") || has("exchange(") || has("ask(") || has("take()") || has("open(\"") ||
           has("expect_nothing()")));
    CHECK((has("expect_told(") || has("expect_told_times(")));
  }
}

namespace {

/// All kinds as the rows of the table.
std::string fault_rows() {
  std::string rows;
  for (const auto& kind : emulator::fault_kinds()) {
    std::string parameters;
    for (const auto& parameter : kind.parameters) {
      if (parameter.name == "every") continue;  // all of the clock have it
      if (!parameters.empty()) parameters += "; ";
      parameters += fmt::format("`{}`: {}", parameter.name, parameter.meaning);
    }
    rows += fmt::format("| `{}` | {} | {} | {} |\n", kind.name, kind.effect,
                        kind.trigger == emulator::FaultTrigger::clock ? "by the clock" : kind.subject, parameters);
  }
  return rows;
}

}  // namespace

// QUASIMODEM_UPDATE=1 writes it.
TEST_CASE("docs/faults.md has the table", "[fault][docs]") {
  constexpr std::string_view kHead = "| --- | --- | --- | --- |\n";
  const auto rows = fault_rows();
  const auto page = contents("docs/faults.md");
  const auto above = page.substr(0, page.find(kHead) + kHead.size());
  if (std::getenv("QUASIMODEM_UPDATE")) {
    std::ofstream{std::string{QUASIMODEM_SOURCE_DIR} + "/docs/faults.md"} << above << rows;
    return;
  }
  CHECK(page == above + rows);
}

// ---- how a fault is written

TEST_CASE("a fault is written in one line", "[fault]") {
  const auto rule = parse_fault("bearer.outage for=6s after=2s count=1 probability=0.5 match=\"AT+QISEND=1,5\"");
  REQUIRE(rule);
  CHECK(rule->name == "bearer.outage");
  CHECK(rule->lasting == 6s);
  CHECK(rule->after == 2s);
  CHECK(parse_fault("bearer.outage for=6")->lasting == 6s);
  CHECK(rule->count == 1);
  CHECK(rule->probability == 0.5);
  CHECK(rule->match == "AT+QISEND=1,5");
  CHECK(fault_text(*rule) == "bearer.outage match=\"AT+QISEND=1,5\" after=2s for=6s count=1 probability=0.5");
  CHECK(parse_fault("match=AT name=at.error cme=3")->number("cme", 0) == 3);
  CHECK(parse_fault(R"(at.answer text="+COPS: 0,0,\"A B\"")")->text("text", "") == R"(+COPS: 0,0,"A B")");
  for (const auto* text : {"uart.loss direction=in probability=0.01", "at.answer text=\"a \\\"b\\\" = \\\\\""}) {
    CHECK(fault_text(*parse_fault(fault_text(*parse_fault(text)))) == fault_text(*parse_fault(text)));
  }
}

TEST_CASE("what is wrong with a fault is said", "[fault]") {
  const auto refusal = [](std::string_view spec) {
    const auto rule = parse_fault(spec);
    return rule ? "accepted" : rule.error();
  };
  CHECK(refusal("bearer.outrage") ==
        "there is no fault \"bearer.outrage\" (all of them: quasimodem help faults); did you mean \"bearer.outage\"?");
  CHECK(refusal("") == "there is no fault \"\" (all of them: quasimodem help faults)");
  CHECK(refusal("bearer.outage for=6m") ==
        "bearer.outage: for=6m: a time (500ms, 10s, 2min or 1h; a number alone is seconds) is wanted");
  CHECK(refusal("bearer.outage fro=6").ends_with("probability, every; did you mean \"for\"?"));
  CHECK(refusal("bearer.outage count=0") == "bearer.outage: count=0: a whole number from 1 is wanted");
  CHECK(refusal("bearer.outage count=3") == "bearer.outage: count=3 needs every=TIME: how long from one to the next");
  CHECK(refusal("at.error probability=2") == "at.error: probability=2: a number from 0 to 1 is wanted");
  CHECK(refusal("at.error text=x") ==
        "at.error has no \"text\"; it has match, after, for, count, probability, cme, cms");
  CHECK(refusal("at.error now") == "\"now\" stands alone; it should be KEY=VALUE");
  CHECK(refusal("at.answer text=\"x") == "a quote is not closed");
}

// ---- UART

TEST_CASE("uart.loss", "[fault]") {
  Broken bench;
  bench.fault("uart.loss direction=out match=O count=1");
  CHECK(bench.ask("AT") == "\r\nK\r\n");
  bench.expect_told("uart.loss: O");
  bench.ok("AT");
  bench.fault("uart.loss direction=in match=T count=1");
  bench.send("AT");
  bench.expect_nothing();
  bench.expect_told("uart.loss: T", 2);
}

TEST_CASE("uart.corrupt", "[fault]") {
  Broken bench;
  bench.fault("uart.corrupt match=O count=1");
  const auto answer = bench.ask("AT");
  REQUIRE(answer.size() == 6);
  CHECK(std::popcount(static_cast<unsigned>(answer[2] ^ 'O') & 0xFFU) == 1);
  CHECK(answer.substr(3) == "K\r\n");
  bench.expect_told("uart.corrupt: O");
}

TEST_CASE("uart.wrong_baud", "[fault]") {
  Broken bench;
  bench.fault("uart.wrong_baud direction=out");
  const auto answer = bench.ask("AT");
  CHECK(answer.size() == 6);
  for (const auto byte : answer) CHECK((static_cast<unsigned char>(byte) & 0x80U) != 0);
  bench.expect_told("uart.wrong_baud: \\n", 6);
}

TEST_CASE("uart.split", "[fault]") {
  Broken bench;
  bench.fault("uart.split size=4 gap=10ms count=1");
  CHECK(bench.ask("AT") == "\r\nOK");
  bench.advance(9ms);
  CHECK(bench.take().empty());
  bench.advance(1ms);
  CHECK(bench.take() == "\r\n");
  bench.expect_told("uart.split: \\r\\nOK\\r\\n");
}

TEST_CASE("uart.merge", "[fault]") {
  Broken bench;
  bench.fault("uart.merge time=50ms count=1");
  CHECK(bench.ask("AT").empty());
  bench.advance(49ms);
  CHECK(bench.ask("AT").empty());
  bench.advance(1ms);
  CHECK(bench.take() == "\r\nOK\r\n\r\nOK\r\n");
  bench.expect_told("uart.merge: \\r\\nOK\\r\\n");
}

TEST_CASE("uart.stall", "[fault]") {
  Broken bench;
  bench.fault("uart.stall time=3s count=1");
  CHECK(bench.ask("AT").empty());
  bench.advance(3s - 1ms);
  CHECK(bench.take().empty());
  bench.advance(1ms);
  CHECK(bench.take() == "\r\nOK\r\n");
  bench.expect_told("uart.stall: \\r\\nOK\\r\\n");
}

TEST_CASE("uart.stall holds the line up, it joins nothing", "[fault][clients 1.4]") {
  Broken bench;
  bench.network().listen("peer.test", 80);
  bench.fault("uart.stall match=OK time=300ms count=1");
  uart::NoisyLine line{bench.timeline(), bench.faults().book(), bench.modem()};
  line.receive(line.arrive(as_bytes(std::string_view{"AT+QIOPEN=\"TCP\",\"peer.test\",80\r"})));
  bench.timeline().run_due();
  CHECK(to_text(line.take_output()).empty());
  bench.timeline().advance(300ms);
  CHECK(to_text(line.take_output()) == "\r\nOK\r\n");
  CHECK(line.pause_is_due());
  CHECK(to_text(line.take_output()) == "\r\nCONNECT OK\r\n");
}

TEST_CASE("uart.dtr", "[fault]") {
  Broken bench;
  bench.network().listen("peer.test", 80);
  bench.ok("AT&D1");
  bench.ok("AT+QIMODE=1");
  bench.exchange("AT+QIOPEN=\"TCP\",\"peer.test\",80", {"OK", "CONNECT"});
  bench.send("AT");
  bench.expect_nothing();
  bench.fault("uart.dtr after=5s");
  bench.advance(5s);
  CHECK_FALSE(bench.modem().line(emulator::Line::dtr));
  bench.ok("AT");
  bench.advance(1s);
  CHECK(bench.modem().line(emulator::Line::dtr));
  bench.expect_told("uart.dtr: ");
}

// ---- AT

TEST_CASE("at.silence", "[fault]") {
  Broken bench;
  bench.fault("at.silence match=AT+CSQ count=1");
  CHECK(bench.ask("AT+CSQ").empty());
  bench.expect_told("at.silence: AT+CSQ");
  bench.ok("AT");
}

TEST_CASE("at.late", "[fault]") {
  Broken bench;
  bench.fault("at.late match=AT+CSQ time=3s");
  bench.exchange("AT+CSQ", {"+CSQ: 30,0"});
  bench.advance(3s - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("OK");
  bench.expect_told("at.late: AT+CSQ");
}

TEST_CASE("at.error", "[fault]") {
  Broken bench;
  bench.ok("AT+CMEE=1");
  bench.fault("at.error match=AT+CSQ cme=3 count=1");
  bench.exchange("AT+CSQ", {"+CME ERROR: 3"});
  bench.exchange("AT+CSQ", {"+CSQ: 30,0", "OK"});
  bench.fault("at.error match=AT+QIACT");
  bench.ok("AT+QIREGAPP");
  bench.exchange("AT+QIACT", {"ERROR"});
  bench.expect_told("at.error: AT+QIACT", 2);
}

TEST_CASE("a command that fails by a fault fails with the errors of its own class", "[fault]") {
  Broken bench;
  bench.ok("AT+CMGF=1");
  bench.fault("at.error match=AT+CMGS cme=21 count=1");
  bench.exchange("AT+CMGS=\"10086\"", {"+CMS ERROR: 21"});
  bench.fault("at.error cms=500 cme=30");
  for (const auto* line : {"AT+CMGS=\"1\"", "AT+CMSS=1", "AT+CMGR=1", "AT+CMGL", "AT+CMGD=1", "AT+CMGW", "AT+CPMS?",
                           "AT+CSCA?", "AT+CNMI?", "AT+QMGDA=6", "AT+CSMP?", "AT+CSMS?", "AT+CSDH=1", "AT+CSCB?"}) {
    bench.exchange(line, {"+CMS ERROR: 500"});
  }
  for (const auto* line : {"AT+CSQ", "AT+QIACT", "AT+NOSUCH"}) bench.exchange(line, {"+CME ERROR: 30"});
}

TEST_CASE("at.answer", "[fault]") {
  Broken bench;
  bench.fault("at.answer match=AT+CSQ text=\"+CSQ: 99,99\"");
  bench.exchange("AT+CSQ", {"+CSQ: 99,99", "OK"});
  bench.expect_told("at.answer: AT+CSQ");
}

TEST_CASE("at.urc", "[fault]") {
  Broken bench;
  bench.fault("at.urc match=AT+CSQ text=\"+CMTI: \\\"SM\\\",1\"");
  bench.exchange("AT+CSQ", {"+CSQ: 30,0", "+CMTI: \"SM\",1", "OK"});
  bench.expect_told("at.urc: AT+CSQ");
}

TEST_CASE("at.no_ok", "[fault]") {
  Broken bench;
  bench.fault("at.no_ok match=AT+CSQ");
  bench.exchange("AT+CSQ", {"+CSQ: 30,0"});
  bench.ok("AT");
  bench.expect_told("at.no_ok: AT+CSQ");
}

// ---- SIM and network

TEST_CASE("sim.removed", "[fault]") {
  Broken bench;
  bench.fault("sim.removed for=10s");
  bench.expect("+CPIN: NOT INSERTED");
  bench.exchange("AT+CREG?", {"+CREG: 0,0", "OK"});
  bench.advance(10s);
  bench.expect("+CPIN: READY");
  bench.expect("Call Ready");
  bench.exchange("AT+CREG?", {"+CREG: 0,1", "OK"});
  bench.expect_told("sim.removed: ");
}

TEST_CASE("sim.pin", "[fault]") {
  Broken bench;
  bench.fault("sim.pin pin=4711");
  bench.expect("+CPIN: SIM PIN");
  bench.exchange("AT+CPIN?", {"+CPIN: SIM PIN", "OK"});
  CHECK(escaped(bench.ask("AT+CPIN=4711")) == R"(\r\n+CPIN: READY\r\n\r\nOK\r\n\r\nCall Ready\r\n)");
  bench.expect_told("sim.pin: ");
}

TEST_CASE("sim.puk", "[fault]") {
  Broken bench;
  bench.fault("sim.puk");
  bench.expect("+CPIN: SIM PUK");
  bench.expect_told("sim.puk: ");
}

TEST_CASE("network.denied", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.ok("AT+CREG=1");
  bench.fault("network.denied for=10s");
  bench.expect("+CREG: 3");
  bench.expect("+PDP DEACT");
  bench.exchange("AT+CGATT?", {"+CGATT: 0", "OK"});
  bench.advance(10s);
  bench.expect("+CREG: 1");
  bench.exchange("AT+CGATT?", {"+CGATT: 1", "OK"});
  bench.expect_told("network.denied: ");
}

TEST_CASE("network.lost", "[fault]") {
  Broken bench;
  bench.ok("AT+CREG=1");
  bench.fault("network.lost after=5s for=10s");
  bench.expect_nothing();
  bench.advance(5s);
  bench.expect("+CREG: 2");
  bench.exchange("AT+CSQ", {"+CSQ: 99,99", "OK"});
  bench.advance(10s);
  bench.expect("+CREG: 1");
  bench.expect_told("network.lost: ");
}

TEST_CASE("network.search", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.ok("AT+CREG=1");
  bench.fault("network.search for=10s");
  bench.expect("+CREG: 2");
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP STATUS"});
  bench.advance(10s);
  bench.expect("+CREG: 1");
  bench.expect_told("network.search: ");
}

TEST_CASE("network.roaming", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.ok("AT+CREG=1");
  bench.fault("network.roaming for=10s");
  bench.expect("+CREG: 5");
  bench.exchange("AT+CGATT?", {"+CGATT: 1", "OK"});
  bench.advance(10s);
  bench.expect("+CREG: 1");
  bench.expect_nothing();
  bench.expect_told("network.roaming: ");
}

TEST_CASE("signal.drop", "[fault]") {
  Broken bench;
  bench.fault("signal.drop rssi=5 for=10s");
  bench.exchange("AT+CSQ", {"+CSQ: 5,0", "OK"});
  bench.advance(10s);
  bench.exchange("AT+CSQ", {"+CSQ: 30,0", "OK"});
  bench.expect_told("signal.drop: ");
}

TEST_CASE("sms.refuse", "[fault]") {
  Broken bench;
  bench.ok("AT+CMGF=1");
  const auto send = [&](std::string_view number, std::string_view text) {
    bench.send(fmt::format("AT+CMGS=\"{}\"", number));
    bench.expect_prompt();
    bench.send_raw(std::string{text} + "\x1a");
  };
  bench.fault("sms.refuse match=+44 cause=28");
  send("10086", "hello");
  bench.expect("+CMGS: 1");
  bench.expect("OK");
  send("+447700900456", "hello");
  bench.expect("+CMS ERROR: 28");
  bench.expect_told("sms.refuse: +447700900456");
  CHECK(bench.me().messaging().journal().size() == 1);
  bench.faults().clear();
  // From the storage: it stays to be sent.
  bench.send("AT+CMGW=\"10086\"");
  bench.expect_prompt();
  bench.send_raw("stored\x1a");
  bench.expect("+CMGW: 1");
  bench.expect("OK");
  bench.fault("sms.refuse cause=2051 count=1");
  bench.exchange("AT+CMSS=1", {"+CMS ERROR: 2051"});
  bench.exchange("AT+CMGR=1", {"+CMGR: \"STO UNSENT\",\"10086\",\"\"\r\nstored", "OK"});
  bench.fault("sms.refuse count=1");
  bench.exchange("AT+CMSS=1", {"+CMS ERROR: 21"});
}

TEST_CASE("sms.undelivered", "[fault]") {
  Broken bench;
  bench.ok("AT+CMGF=1");
  bench.ok("AT+CSMP=49;+CNMI=2,1,0,1,0");
  const auto status_of = [&](std::string_view number) {
    bench.send(fmt::format("AT+CMGS=\"{}\"", number));
    bench.expect_prompt();
    bench.send_raw("hello\x1a");
    bench.advance(10ms);
    const auto said = bench.take();
    return said.substr(said.rfind(',') + 1);
  };
  CHECK(status_of("10086") == "0\r\n");
  bench.fault("sms.undelivered match=+44 count=1");
  CHECK(status_of("10086") == "0\r\n");
  CHECK(status_of("+447700900456") == "70\r\n");
  bench.expect_told("sms.undelivered: +447700900456");
  bench.fault("sms.undelivered status=48 count=1");
  CHECK(status_of("10086") == "48\r\n");
  CHECK(status_of("10086") == "0\r\n");
}

TEST_CASE("pdp.drop", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.fault("pdp.drop match=AT+CSQ after=2s count=1");
  bench.advance(1min);
  bench.expect_nothing();
  bench.exchange("AT+CSQ", {"+CSQ: 30,0", "OK"});
  bench.advance(2s);
  bench.expect("+PDP DEACT");
  bench.expect_told("pdp.drop: AT+CSQ");
}

TEST_CASE("a fault of the clock comes again while count allows", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.fault("signal.drop after=10s every=1min for=5s count=2");
  std::string course;
  for (int i = 0; i < 30; ++i) {
    bench.advance(5s);
    course += bench.ask("AT+CSQ").find("+CSQ: 3,0") != std::string::npos ? '1' : '0';
  }
  CHECK(course == "010000000000010000000000000000");
  bench.expect_told_times(2);
}

TEST_CASE("a fault that is cleared is undone", "[fault]") {
  Broken bench;
  bench.fault("signal.drop");
  bench.exchange("AT+CSQ", {"+CSQ: 3,0", "OK"});
  bench.faults().clear();
  bench.exchange("AT+CSQ", {"+CSQ: 30,0", "OK"});
  CHECK(bench.faults().book().entries().empty());
}

TEST_CASE("what was there before a fault comes back, not what is usual", "[fault]") {
  Broken bench;
  bench.me().registration().set_signal_strength(17);
  bench.outside().serve(device::RegistrationStatus::roaming);
  bench.fault("signal.drop rssi=4 for=5s");
  bench.fault("network.denied for=5s");
  bench.advance(5s);
  bench.exchange("AT+CSQ", {"+CSQ: 17,0", "OK"});
  bench.exchange("AT+CREG?", {"+CREG: 0,5", "OK"});
}

TEST_CASE("of two faults that change the same the later one decides, and neither leaves anything behind", "[fault]") {
  Broken bench;
  bench.fault("signal.drop rssi=4 for=10s");
  bench.fault("signal.drop rssi=9 for=20s");
  bench.exchange("AT+CSQ", {"+CSQ: 9,0", "OK"});
  bench.advance(10s);
  bench.exchange("AT+CSQ", {"+CSQ: 9,0", "OK"});
  bench.advance(10s);
  bench.exchange("AT+CSQ", {"+CSQ: 30,0", "OK"});
  bench.fault("sim.removed for=20s");
  bench.expect("+CPIN: NOT INSERTED");
  bench.fault("sim.pin pin=4711 for=10s");
  bench.expect("+CPIN: SIM PIN");
  bench.advance(10s);
  bench.expect("+CPIN: NOT INSERTED");
  bench.advance(10s);
  bench.expect("+CPIN: READY");
}

TEST_CASE("DTR that the host drops during uart.dtr stays down", "[fault]") {
  Broken bench;
  bench.faults().set_dtr(true);
  bench.fault("uart.dtr for=5s");
  bench.faults().set_dtr(true);  // as every change of another line of the host does
  CHECK_FALSE(bench.modem().line(emulator::Line::dtr));
  bench.faults().set_dtr(false);
  bench.advance(5s);
  CHECK_FALSE(bench.modem().line(emulator::Line::dtr));
}

TEST_CASE("an outage and a stall that are cleared are over", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.connect();
  bench.fault("bearer.outage for=1h");
  bench.say_from_peer("late");
  bench.expect_nothing();
  bench.faults().clear();
  bench.advance({});
  bench.expect_raw("late");
  bench.fault("uart.stall time=1h");
  CHECK(bench.ask("AT").empty());
  bench.faults().clear();
  bench.advance({});
  CHECK(bench.take() == "\r\nOK\r\n");
}

TEST_CASE("a cleared outage does not end another", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.connect();
  bench.fault("bearer.outage for=1h");
  bench.fault("bearer.outage for=1min");
  bench.say_from_peer("late");
  bench.faults().remove(1);
  bench.advance(1min - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect_raw("late");
}

TEST_CASE("the same seed, the same firings; another seed, others", "[fault]") {
  const auto course = [](std::uint64_t seed) {
    ModemBench bench{{.configuration = workbench::configured({.seed = seed})}};
    std::string told;
    bench.faults().on_fired = [&](const FaultFiring& firing) {
      told += fmt::format("{:.6f} {} {}\n",
                          std::chrono::duration<double>{bench.timeline().now().time_since_epoch()}.count(),
                          firing.rule.name, escaped(firing.subject));
    };
    for (const auto* spec :
         {"uart.corrupt probability=0.02", "at.error match=AT+CSQ probability=0.3",
          "at.late match=AT+CREG probability=0.5 time=2s", "signal.drop after=5s every=20s count=9"}) {
      REQUIRE(bench.faults().add(spec));
    }
    for (int i = 0; i < 100; ++i) {
      bench.ask(i % 2 ? "AT+CSQ" : "AT+CREG?");
      bench.advance(1s);
    }
    return told;
  };
  const auto first = course(7);
  CHECK(std::count(first.begin(), first.end(), '\n') > 50);
  CHECK(course(7) == first);
  CHECK(course(8) != first);
}

// ---- bearer

TEST_CASE("attach.timeout", "[fault]") {
  Broken bench;
  bench.ok("AT+CGATT=0");
  bench.fault("attach.timeout time=5min");
  bench.send("AT+CGATT=1");
  bench.advance(5min - 1s);
  CHECK(bench.take() == "\r\nERROR\r\n");
  bench.expect_told("attach.timeout: attach");
}

TEST_CASE("pdp.refuse", "[fault]") {
  Broken bench;
  bench.fault("pdp.refuse count=1");
  bench.ok("AT+QIREGAPP");
  bench.exchange("AT+QIACT", {"ERROR"});
  bench.expect_told("pdp.refuse: context 0");
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+QIREGAPP");
  bench.ok("AT+QIACT");
}

TEST_CASE("dns.fail", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.network().listen("peer.test", 80);
  bench.fault("dns.fail match=peer");
  bench.exchange("AT+QIOPEN=\"TCP\",\"peer.test\",80", {"OK", "CONNECT FAIL"});
  bench.expect_told("dns.fail: peer.test");
}

TEST_CASE("bearer.outage", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.connect();
  bench.fault("bearer.outage for=6s");
  bench.say_from_peer("late");
  bench.advance(6s - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect_raw("late");
  bench.expect_told("bearer.outage: ");
}

TEST_CASE("bearer.latency", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.connect();
  bench.fault("bearer.latency time=2s count=1");
  bench.say_from_peer("late");
  bench.advance(1s - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);  // half a round trip
  bench.expect_raw("late");
  bench.expect_told("bearer.latency: round_trip");
}

TEST_CASE("bearer.rate", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.connect();
  bench.fault("bearer.rate down=8 for=1min");
  bench.say_from_peer(std::string(1000, 'x'));
  bench.advance(1s - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  CHECK(bench.take() == std::string(1000, 'x'));
  bench.advance(1min);
  bench.say_from_peer("fast");
  bench.expect_raw("fast");
  bench.expect_told("bearer.rate: ");
}

TEST_CASE("peer.refuse", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.network().listen("peer.test", 80);
  bench.fault("peer.refuse match=:80");
  bench.exchange("AT+QIOPEN=\"TCP\",\"peer.test\",80", {"OK", "CONNECT FAIL"});
  bench.expect_told(fmt::format("peer.refuse: {}:80", bench.network().address_of("peer.test").text()));
}

namespace {

struct BrokenWeb : Broken {
  BrokenWeb() : Broken{Ready::ip_status} {
    site->resources["/a"] = {.content = "hello"};
    ok("AT+CMEE=1");
    exchange("AT+QHTTPURL=20", {"CONNECT"});
    send_raw("http://web.example/a");
    expect("OK");
  }

  std::shared_ptr<net::http::Site> site = std::make_shared<net::http::Site>();
  workbench::ServicePeer web{
      network(), {"web.example", 80}, [this](auto&) { return std::make_unique<net::http::ServerSession>(site); }};
};

}  // namespace

TEST_CASE("smtp.refuse", "[fault]") {
  Broken bench{Ready::ip_status};
  const workbench::ServicePeer mail{bench.network(), {"mail.example", 25}, [](auto&) {
                                      return std::make_unique<net::smtp::Server>(net::smtp::Server::Config{});
                                    }};
  bench.ok("AT+QSMTPSRV=\"mail.example\"");
  bench.ok("AT+QSMTPADDR=\"m@example.org\"");
  bench.exchange("AT+QSMTPDST=1,1,\"a@example.org\"", {"+QSMTPDST: 1", "OK"});
  bench.fault("smtp.refuse match=\"RCPT TO\" count=1 code=550");
  bench.exchange("AT+QSMTPPUT", {"OK", "+QSMTPPUT: -1"});
  bench.expect_told("smtp.refuse: RCPT TO:<a@example.org>");
  bench.exchange("AT+QSMTPPUT", {"OK", "+QSMTPPUT: 0"});
  bench.expect_told_times(1);
}

TEST_CASE("http.status", "[fault]") {
  BrokenWeb bench;
  bench.fault("http.status match=web.example count=1 status=404");
  bench.exchange("AT+QHTTPGET=60", {"+CME ERROR: 3822"});
  bench.expect_told("http.status: http://web.example/a");
  bench.ok("AT+QHTTPGET=60");
  bench.expect_told_times(1);
}

TEST_CASE("http.stall", "[fault]") {
  BrokenWeb bench;
  bench.fault("http.stall count=1");
  bench.send("AT+QHTTPGET=60");
  bench.advance(59s);
  bench.expect_nothing();
  bench.advance(1s);
  bench.expect("+CME ERROR: 3827");
  bench.expect_told("http.stall: http://web.example/a");
}

TEST_CASE("http.truncate", "[fault]") {
  BrokenWeb bench;
  bench.fault("http.truncate size=3 count=2");
  bench.ok("AT+QHTTPGET=60");
  bench.send("AT+QHTTPREAD=30");
  bench.expect_raw("\r\nCONNECT\r\nhel\r\n+CME ERROR: 3818\r\n");
  bench.ok("AT+QHTTPGET=60");
  bench.exchange("AT+QHTTPDL=\"RAM:f\"", {"OK", "+QHTTPDL: 3,5,3818"});
  bench.expect_told("http.truncate: http://web.example/a", 2);
}

namespace {

struct BrokenBroker : Broken {
  BrokenBroker() : Broken{Ready::ip_status, {.firmware = {.mqtt = true}}} {
    ok("AT+QMTCFG=\"TIMEOUT\",0,2,1,1");
    exchange("AT+QMTOPEN=0,\"mqtt.example\",1883", {"OK", "+QMTOPEN: 0,0"});
  }

  net::mqtt::Broker broker{timeline(), {}, {}};
  workbench::ServicePeer peer{network(), {"mqtt.example", 1883}, [this](auto&) { return broker.accept(); }};
};

}  // namespace

TEST_CASE("mqtt.refuse", "[fault]") {
  BrokenBroker bench;
  bench.fault("mqtt.refuse match=meter count=1 code=3");
  bench.exchange("AT+QMTCONN=0,\"meter7\"", {"OK", "+QMTCONN: 0,0,3", "+QMTSTAT: 0,1"});
  bench.expect_told("mqtt.refuse: meter7");
  bench.exchange("AT+QMTOPEN=0,\"mqtt.example\",1883", {"OK", "+QMTOPEN: 0,0"});
  bench.exchange("AT+QMTCONN=0,\"meter7\"", {"OK", "+QMTCONN: 0,0,0"});
}

TEST_CASE("mqtt.drop", "[fault]") {
  BrokenBroker bench;
  bench.exchange("AT+QMTCONN=0,\"meter7\"", {"OK", "+QMTCONN: 0,0,0"});
  bench.fault("mqtt.drop match=lossy count=1");
  bench.exchange("AT+QMTPUB=0,1,1,0,\"lossy\",\"x\"", {"OK"});
  bench.advance(2s);
  bench.expect("+QMTPUB: 0,1,1,1");
  bench.expect("+QMTPUB: 0,1,0");
  bench.expect_told("mqtt.drop: lossy");
}

namespace {

struct BrokenFtp : Broken {
  BrokenFtp() : Broken{Ready::ip_status} {
    server.site().users["u"] = "p";
    append(*server.site().files.create("/f.bin"), "0123456789");
    ok("AT+QFTPUSER=\"u\"");
    ok("AT+QFTPPASS=\"p\"");
    exchange("AT+QFTPCFG=1,1", {"OK", "+QFTPCFG:0"});
    exchange("AT+QFTPCFG=4,\"/RAM/\"", {"OK", "+QFTPCFG:0"});
    exchange("AT+QFTPOPEN=\"ftp.example\"", {"OK", "+QFTPOPEN:0"});
  }

  workbench::FtpPeer server{network(), {"ftp.example", 21}};
};

}  // namespace

TEST_CASE("ftp.refuse", "[fault]") {
  BrokenFtp bench;
  bench.fault("ftp.refuse match=RETR count=1 code=451 text=disk");
  bench.exchange("AT+QFTPGET=\"f.bin\"", {"OK", "+QFTPGET:-1"});
  CHECK(bench.log().contains("451 disk"));
  bench.expect_told("ftp.refuse: RETR f.bin");
  bench.exchange("AT+QFTPGET=\"f.bin\"", {"OK", "+QFTPGET:10"});
}

TEST_CASE("ftp.break", "[fault]") {
  BrokenFtp bench;
  bench.fault("ftp.break match=f.bin count=1 size=3");
  bench.exchange("AT+QFTPGET=\"f.bin\"", {"OK", "+QFTPGET:-1"});
  bench.exchange("AT+QFTPLEN", {"+QFTPLEN: 3", "OK"});
  bench.exchange("AT+QFLST=\"RAM:*\"", {"+QFLST: \"RAM:f.bin\",3", "OK"});
  bench.expect_told("ftp.break: f.bin");
}

TEST_CASE("peer.half_open", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.connect();
  bench.fault("peer.half_open");
  bench.say_from_peer("lost");
  bench.peer().close();
  bench.advance(10min);
  bench.expect_nothing();
  bench.expect_told_times(1);
}

TEST_CASE("peer.reset", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.connect();
  bench.fault("peer.reset");
  bench.say_from_peer("lost");
  bench.expect("CLOSED");
  bench.expect_nothing();
  bench.expect_told_times(1);
}

TEST_CASE("peer.slow_close", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.connect();
  bench.fault("peer.slow_close time=20s");
  bench.peer().close();
  bench.advance(20s - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("CLOSED");
  bench.expect_told_times(1);
}

// ---- TLS

TEST_CASE("tls.stall", "[fault]") {
  BrokenTls bench;
  bench.fault("tls.stall");
  bench.open("");
  bench.advance(90s - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("+QSSLOPEN: 1,-1");
  bench.expect_told_times(1);
}

TEST_CASE("tls.alert", "[fault]") {
  BrokenTls bench;
  bench.fault("tls.alert alert=70 count=1");
  bench.open("-1");
  bench.expect_told_times(1);
  bench.open("0");
}

TEST_CASE("tls.expired", "[fault]") {
  BrokenTls bench;
  bench.trust();
  bench.fault("tls.expired count=1");
  bench.open("-1");
  CHECK(bench.log().contains("expired"));
  bench.expect_told("tls.expired: peer.test");
  bench.open("0");
}

TEST_CASE("tls.unknown_ca", "[fault]") {
  BrokenTls bench;
  bench.trust();
  bench.fault("tls.unknown_ca count=1");
  bench.open("-1");
  bench.expect_told("tls.unknown_ca: peer.test");
  bench.open("0");
}

// The module looks at no names (tls.md): it talks to the wrong server without a word. That is what there is to learn.
TEST_CASE("tls.wrong_host", "[fault]") {
  BrokenTls bench;
  bench.trust();
  TlsPeer other{bench.network(), "other.test", 443};
  bench.fault("tls.wrong_host match=peer.test to=other.test");
  bench.open("0");
  CHECK(other.connected());
  CHECK(bench.peer.connections() == 0);
  bench.expect_told("tls.wrong_host: peer.test");
}

TEST_CASE("tls.corrupt", "[fault]") {
  BrokenTls bench;
  bench.open("0");
  bench.fault("tls.corrupt");
  bench.peer.send("hello");
  bench.advance({});
  bench.expect("+QSSLURC: \"closed\",1");
  bench.expect_told_times(1);
}

TEST_CASE("tls.cut", "[fault]") {
  BrokenTls bench;
  bench.open("0");
  bench.fault("tls.cut");
  bench.peer.send("hello");
  bench.advance({});
  bench.expect("+QSSLURC: \"closed\",1");
  bench.exchange("AT+QSSLRECV=0,1,100", {"OK"});
  bench.expect_told_times(1);
}

// A record is one wherever it is cut, and nothing else is one, whatever its bytes are.
TEST_CASE("TLS faults strike records of TLS and nothing else", "[fault]") {
  Broken bench{Ready::ip_status};
  bench.ok("AT+QIMUX=1;+QISDE=0");
  auto& listener = bench.network().listen("peer.test", 80);
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"peer.test\",80", {"OK", "0, CONNECT OK"});
  for (const auto* fault : {"tls.corrupt", "tls.cut", "tls.stall", "tls.alert", "tls.wrong_host to=other.test"})
    bench.fault(fault);
  const std::string as_handshake{"\x16\x03\x01 hello"};
  bench.send(fmt::format("AT+QISEND=0,{}", as_handshake.size()));
  bench.expect_prompt();
  bench.send_raw(as_handshake);
  bench.expect("SEND OK");
  for (const std::string text : {"\x17", "\x17\x17\x17", "\x16 is a number", "\x15"}) {
    listener.last().send(text);
    bench.advance({});
    CHECK(bench.take() == fmt::format("\r\n+RECEIVE: 0, {}\r\n{}", text.size(), text));
  }
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"peer.test\",80", {"OK", "1, CONNECT OK"});  // a plain socket's name
  bench.expect_told_times(0);
}

TEST_CASE("tls.corrupt breaks a record that comes in pieces or behind another", "[fault]") {
  const bool behind = GENERATE(false, true);
  BrokenTls bench;
  bench.open("0");
  bench.fault("tls.corrupt count=1");
  if (behind) {
    bench.peer.send("hello");
    bench.peer.send("world");
  } else {
    bench.peer.send(std::string(9000, 'x'));  // more than one read of the link
  }
  bench.advance({});
  CHECK(bench.take().find("+QSSLURC: \"closed\",1") != std::string::npos);
  bench.expect_told_times(1);
}

// ---- storage

TEST_CASE("nvram.full", "[fault]") {
  Broken bench;
  bench.fault("nvram.full match=profile");
  bench.exchange("AT&W", {"ERROR"});
  bench.expect_told("nvram.full: profile");
  bench.faults().clear();
  bench.ok("AT&W");
}

TEST_CASE("nvram.corrupt", "[fault]") {
  BrokenTls bench;
  bench.upload("NVRAM:CA0", pki("ca.crt"));
  CHECK(bench.ask("AT+QSECREAD=\"NVRAM:CA0\"").starts_with("\r\n+QSECREAD: 1,"));
  bench.fault("nvram.corrupt match=CA0");
  CHECK(bench.ask("AT+QSECREAD=\"NVRAM:CA0\"").starts_with("\r\n+QSECREAD: 0,"));
  bench.expect_told_times(bench.told.size());
  CHECK_FALSE(bench.told.empty());
}

TEST_CASE("nvram.corrupt: of everything but certificates the damaged record is lost, and no other", "[fault]") {
  Broken bench;
  bench.ok("AT+CPBW=1,\"+447700900123\",145,\"Ann\"");
  bench.ok("AT+CPBS=\"ME\"");
  bench.ok("AT+CPBW=1,\"+447700900457\",145,\"Bob\"");
  bench.ok("AT+CSCA=\"+447700900009\"");
  bench.send("AT+QFUPL=\"f\",5");
  bench.send_raw("hello");
  bench.take();
  bench.replug();  // which has read nothing yet of what is asked for below
  bench.listen();
  bench.fault("nvram.corrupt match=phonebook-sm");
  bench.fault("nvram.corrupt match=sms-centre");
  bench.fault("nvram.corrupt match=file-66");
  bench.modem().cut_supply();
  bench.modem().power_key();
  bench.advance(1min);
  bench.ask("ATE0");
  bench.exchange("AT+CPBR=1", {"OK"});
  bench.exchange("AT+CSCA?", {"+CSCA: \"+8613800210500\",145", "OK"});
  bench.exchange("AT+QFLST", {"OK"});
  bench.ok("AT+CPBS=\"ME\"");
  CHECK(bench.ask("AT+CPBR=1").find("Bob") != std::string::npos);
  bench.ok("AT+CPBS=\"SM\"");
  bench.ok("AT+CPBW=2,\"+447700900123\",145,\"Cy\"");
  bench.exchange("AT+QFDWL=\"f\"", {"+CME ERROR: 4010"});
  CHECK_FALSE(bench.told.empty());
}

TEST_CASE("nvram.corrupt: the key is used as it is, and is there again after the fault", "[fault]") {
  Timeline timeline;
  FaultBook book{timeline, 1};
  storage::MemoryFlash memory;
  storage::FaultyFlash flash{memory, &book};
  SeededRandom random{1};
  CollectedLog log;
  const auto started = [&] { return emulator::file_sealer(flash, random, Logger{log, "m95"}); };
  const auto sealed = started()->seal(pki("ca.crt"));
  const auto key = memory.read("seal.key").value();
  const auto fault = book.add({.name = "nvram.corrupt", .match = "seal.key"});
  CHECK_FALSE(started()->open(sealed).authentic);
  book.remove(fault);
  CHECK(memory.read("seal.key").value() == key);
  CHECK(started()->open(sealed).authentic);
}

TEST_CASE("upload.timeout", "[fault]") {
  BrokenTls bench;
  bench.fault("upload.timeout match=QSECWRITE");
  bench.exchange("AT+QSECWRITE=\"RAM:ca.crt\",100", {"CONNECT"});
  bench.advance(10ms);
  CHECK_FALSE(bench.take().empty());
  bench.ok("AT");
  bench.expect_told("upload.timeout: AT+QSECWRITE=\"RAM:ca.crt\",100");
}

TEST_CASE("upload.checksum", "[fault]") {
  BrokenTls bench;
  const auto content = pki("ca.crt");
  bench.fault("upload.checksum match=QSECWRITE");
  bench.exchange(fmt::format("AT+QSECWRITE=\"RAM:ca.crt\",{}", content.size()), {"CONNECT"});
  bench.send_raw(content);
  const auto answer = bench.take();
  CHECK(answer.starts_with(fmt::format("\r\n+QSECWRITE: {},", content.size())));
  CHECK_FALSE(
      answer.starts_with(fmt::format("\r\n+QSECWRITE: {},{:x}\r\n", content.size(), expected_checksum(content))));
  bench.expect_told_times(1);
}

// ---- power

TEST_CASE("power.down", "[fault]") {
  Broken bench;
  bench.fault("power.down after=1min");
  bench.advance(1min);
  bench.expect("NORMAL POWER DOWN");
  CHECK(bench.ask("AT").empty());
  bench.expect_told("power.down: ");
}

TEST_CASE("power.under_voltage", "[fault]") {
  Broken bench;
  bench.fault("power.under_voltage count=1");
  bench.expect_raw("\r\nUNDER_VOLTAGE WARNING \r\n");
  bench.ok("AT");
  bench.fault("power.under_voltage down=1");
  bench.expect_raw("\r\nUNDER_VOLTAGE WARNING \r\n\r\nUNDER_VOLTAGE POWER DOWN \r\n");
  CHECK(bench.ask("AT").empty());
  bench.expect_told("power.under_voltage: ", 2);
}

TEST_CASE("power.watchdog", "[fault]") {
  Broken bench;
  bench.ok("AT+IPR=115200&W");
  bench.fault("power.watchdog");
  bench.expect("RDY");
  bench.expect_told("power.watchdog: ");
}

TEST_CASE("power.brownout", "[fault]") {
  Broken bench;
  bench.ok("AT+IPR=115200&W");
  bench.fault("power.brownout for=500ms");
  CHECK(bench.ask("AT").empty());
  bench.advance(499ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("RDY");
  bench.expect_told("power.brownout: ");
}
