// SPDX-License-Identifier: Apache-2.0
// The TCP/IP state machine and which command is allowed when (M66 11; at-reference 2.2).
#include <string>

#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

constexpr auto* kOpen = "AT+QIOPEN=\"TCP\",\"198.51.100.9\",80";

/// The states of the gate table of at-reference 2.2.
enum class State { initial, start, gprsact, status, connected, processing, close, pdp_deact };

struct Stack : ModemBench {
  Stack() {
    network().listen("198.51.100.9", 80);
    network().ignore("198.51.100.9", 81);
  }
  std::string state() {
    const auto answer = ask(me().tcpip.multiple_sessions ? "AT+QISTATE" : "AT+QISTAT");
    const auto begin = answer.find("STATE: ") + 7;
    return answer.substr(begin, answer.find('\r', begin) - begin);
  }
  void bring_to(State wanted) {
    if (wanted == State::initial) return;
    ok("AT+QIREGAPP");
    if (wanted == State::start) return;
    ok("AT+QIACT");
    if (wanted == State::gprsact) return;
    ask("AT+QILOCIP");
    switch (wanted) {
      case State::connected: exchange(kOpen, {"OK", "CONNECT OK"}); return;
      case State::processing:
        ok("AT+QIMUX=1");
        exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
        return;
      case State::close:
        exchange(kOpen, {"OK", "CONNECT OK"});
        exchange("AT+QICLOSE", {"CLOSE OK"});
        return;
      case State::pdp_deact:
        outside().lose_context(0);
        advance({});
        expect("+PDP DEACT");
        return;
      default: return;
    }
  }
  bool refuses(std::string_view command) { return ask(command) == "\r\nERROR\r\n"; }
};

std::string name(State state) {
  switch (state) {
    case State::initial: return "IP INITIAL";
    case State::start: return "IP START";
    case State::gprsact: return "IP GPRSACT";
    case State::status: return "IP STATUS";
    case State::connected: return "CONNECT OK";
    case State::processing: return "IP PROCESSING";
    case State::close: return "IP CLOSE";
    case State::pdp_deact: return "PDP DEACT";
  }
  return "";
}

State any_state() {
  return GENERATE(State::initial, State::start, State::gprsact, State::status, State::connected, State::processing,
                  State::close, State::pdp_deact);
}

}  // namespace

// ---- the gate table ----

TEST_CASE("every state is reached and named", "[tcpip][M66 11.9]") {
  Stack bench;
  const auto state = any_state();
  bench.bring_to(state);
  CHECK(bench.state() == name(state));
}

TEST_CASE("QIREGAPP is for IP INITIAL only", "[tcpip][M66 11.6]") {
  Stack bench;
  const auto state = any_state();
  const auto* form = GENERATE("AT+QIREGAPP", "AT+QIREGAPP=\"apn\",\"user\",\"pwd\"");
  bench.bring_to(state);
  INFO(name(state));
  if (state == State::initial) {
    bench.ok(form);
    CHECK(bench.state() == "IP START");
  } else {
    CHECK(bench.refuses(form));
    CHECK(bench.state() == name(state));
  }
}

TEST_CASE("QIACT is for IP START only", "[tcpip][M66 11.7]") {
  Stack bench;
  const auto state = any_state();
  bench.bring_to(state);
  INFO(name(state));
  if (state == State::start) {
    bench.ok("AT+QIACT");
    CHECK(bench.state() == "IP GPRSACT");
  } else {
    CHECK(bench.refuses("AT+QIACT"));
    CHECK(bench.state() == name(state));
  }
}

TEST_CASE("QILOCIP needs an address", "[tcpip][M66 11.8]") {
  Stack bench;
  const auto state = any_state();
  bench.bring_to(state);
  INFO(name(state));
  if (state == State::initial || state == State::start || state == State::pdp_deact) {
    CHECK(bench.refuses("AT+QILOCIP"));
    CHECK(bench.state() == name(state));
  } else {
    CHECK(bench.ask("AT+QILOCIP") == "\r\n10.1.83.188\r\n");
    CHECK(bench.state() == (state == State::gprsact ? "IP STATUS" : name(state)));
  }
}

TEST_CASE("QIOPEN by state", "[tcpip][M66 11.1]") {
  Stack bench;
  const auto state = any_state();
  bench.bring_to(state);
  INFO(name(state));
  switch (state) {
    case State::start:
    case State::pdp_deact: CHECK(bench.refuses(kOpen)); return;
    case State::connected: bench.exchange(kOpen, {"ALREADY CONNECT"}); return;
    case State::processing:
      bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT OK"});
      bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT FAIL"});
      return;
    default: bench.exchange(kOpen, {"OK", "CONNECT OK"}); CHECK(bench.state() == "CONNECT OK");
  }
}

TEST_CASE("QIDEACT answers DEACT OK in every state", "[tcpip][M66 11.4][quirk Q5]") {
  Stack bench;
  const auto state = any_state();
  bench.bring_to(state);
  INFO(name(state));
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  CHECK(bench.state() == "IP INITIAL");
  CHECK(bench.network().open_links() == 0);
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+QIREGAPP");
  bench.ok("AT+QIACT");
}

TEST_CASE("QIMUX and QIMODE wait until connections are closed", "[tcpip][M66 11.23, 11.26]") {
  const std::string command = GENERATE("AT+QIMUX=", "AT+QIMODE=");
  Stack bench;
  const auto state = any_state();
  bench.bring_to(state);
  INFO(name(state));
  const int before = command == "AT+QIMUX=" ? bench.me().tcpip.multiple_sessions : 0;
  bench.ok(command + std::to_string(before));  // what already holds is never refused
  const auto other = command + std::to_string(1 - before);
  if (state == State::connected || state == State::processing) {
    CHECK(bench.refuses(other));
  } else {
    bench.ok(other);
  }
  CHECK(bench.refuses(command + "2"));
}

TEST_CASE("trailing parameters of newer firmware are passed over", "[tcpip]") {
  ModemBench bench;
  for (const auto* line :
       {"AT+QICSGP=1,\"apn\",\"user\",\"pw\",0", "AT+QIFGCNT=0,0", "AT+QIMUX=1,0", "AT+QINDI=1,0", "AT+QIDNSIP=1,1",
        "AT+QISRVC=1,0", "AT+CREG=1,0", "AT+CGREG=1,0", "AT+CGDCONT=1,\"IP\",\"a\",\"\",0,0,0,0",
        "AT+QIREGAPP=\"apn\",\"user\",\"pw\",1", "AT+QNTP=\"192.0.2.1\",123,1"}) {
    CHECK(bench.ask(line).starts_with("\r\nOK\r\n"));
  }
  SECTION("but not where their number has a meaning") {
    bench.ok("AT+QIMUX=0");
    CHECK(bench.ask("AT+QISEND=1,5") == "\r\nERROR\r\n");
    CHECK(bench.ask("AT+QSSLCFG=\"https\",0,1") == "\r\nERROR\r\n");
    CHECK(bench.ask("AT+CGACT=1,1,2") == "\r\n+CME ERROR: 3\r\n");
  }
}

TEST_CASE("settings are stored in every state", "[tcpip]") {
  Stack bench;
  bench.bring_to(any_state());
  for (const std::string name : {"QIDNSIP", "QIHEAD", "QISHOWRA", "QISHOWPT", "QISHOWLA", "QISDE"}) {
    for (const auto* value : {"1", "0"}) {
      bench.ok("AT+" + name + "=" + value);
      bench.exchange("AT+" + name + "?", {"+" + name + ": " + value, "OK"});
    }
    bench.exchange("AT+" + name + "=?", {"+" + name + ": (0,1)", "OK"});
    CHECK(bench.refuses("AT+" + name + "=2"));
    CHECK(bench.refuses("AT+" + name));
    CHECK(bench.refuses("AT+" + name + "="));
  }
  bench.ok("AT+QICSGP=1,\"apn\",\"user\",\"pwd\"");
  bench.exchange("AT+QICSGP?", {"+QICSGP: 1", "OK"});
  bench.ok("AT+QIPROMPT=3;+QISRVC=2");
  bench.exchange("AT+QIPROMPT?", {"+QIPROMPT: 3", "OK"});
  bench.exchange("AT+QISRVC?", {"+QISRVC: 2", "OK"});
}

// A real M95 takes it before AT+QIACT as well (field report 2); the manual says otherwise.
TEST_CASE("QIDNSCFG is refused in PDP DEACT only", "[tcpip][M66 11.12]") {
  Stack bench;
  const auto state = any_state();
  bench.bring_to(state);
  INFO(name(state));
  const bool taken = state != State::pdp_deact;
  CHECK(bench.refuses("AT+QIDNSCFG=\"8.8.4.4\",\"1.1.1.1\"") == !taken);
  bench.exchange(
      "AT+QIDNSCFG?",
      {taken ? "PrimaryDns: 8.8.4.4\r\nSecondaryDns: 1.1.1.1" : "PrimaryDns: 8.8.8.8\r\nSecondaryDns: 0.0.0.0", "OK"});
  for (const auto* bad : {"\"8.8.8\"", "\"256.1.1.1\"", "\"name.test\"", "\"8.8.8.8\",\"x\"", ""}) {
    CHECK(bench.refuses(std::string{"AT+QIDNSCFG="} + bad));
  }
}

TEST_CASE("QIDNSCFG is the foreground context's, and only its own activation overwrites it",
          "[tcpip][M66 11.12, 11.28]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.ok("AT+QIDNSCFG=\"8.8.4.4\"");
  bench.ok("AT+QIFGCNT=1");
  bench.exchange("AT+QIDNSCFG?", {"PrimaryDns: 8.8.8.8\r\nSecondaryDns: 0.0.0.0", "OK"});
  bench.ok("AT+QIREGAPP");
  bench.ok("AT+QIACT");
  bench.ok("AT+QIFGCNT=0");
  bench.exchange("AT+QIDNSCFG?", {"PrimaryDns: 8.8.4.4\r\nSecondaryDns: 0.0.0.0", "OK"});
}

TEST_CASE("the activation overwrites QIDNSCFG", "[tcpip][M66 11.12]") {
  ModemBench bench{{.ready = Ready::ip_start}};
  bench.ok("AT+QIDNSCFG=\"8.8.4.4\"");
  bench.exchange("AT+QIDNSCFG?", {"PrimaryDns: 8.8.4.4\r\nSecondaryDns: 0.0.0.0", "OK"});
  bench.ok("AT+QIACT");
  bench.exchange("AT+QIDNSCFG?", {"PrimaryDns: 8.8.8.8\r\nSecondaryDns: 0.0.0.0", "OK"});
  bench.ok("AT+QIDNSCFG=\"8.8.4.4\"");
  bench.exchange("AT+QIDNSCFG?", {"PrimaryDns: 8.8.4.4\r\nSecondaryDns: 0.0.0.0", "OK"});
}

// ---- factory values ----

TEST_CASE("the factory's values, from which hosts start", "[tcpip][at-reference 0]") {
  ModemBench bench;
  for (const auto* line : {"+QIMUX: 0", "+QIMODE: 0", "+QINDI: 0", "+QIHEAD: 0", "+QIPROMPT: 1", "+QIDNSIP: 0",
                           "+QISDE: 1", "+QISRVC: 1", "+QICSGP: 1", "+QISHOWRA: 0", "+QISHOWPT: 0", "+QISHOWLA: 0",
                           "+QIFGCNT: 0,0", "+QITCFG: 3,2,1024,1", "+QIREGAPP: ,,"}) {
    const std::string text{line};
    bench.exchange("AT" + text.substr(0, text.find(':')) + "?", {text, "OK"});
  }
}

TEST_CASE("test forms of the TCP/IP commands", "[tcpip][M66 11]") {
  ModemBench bench;
  for (const auto* line :
       {"+QIMUX: (0,1)", "+QIMODE:(0-NORMAL MODE,1-TRANSPARENT MODE)", "+QIFGCNT: (0,1)", "+QIPROMPT: (0-3)",
        "+QISRVC: (1,2)", "+QIRD: (0,1),(1,2),(0-5),(1-1500)", "+QISEND: <length>"}) {
    const std::string text{line};
    bench.exchange("AT" + text.substr(0, text.find(':')) + "=?", {text, "OK"});
  }
  for (const auto* command : {"AT+QIACT", "AT+QIDEACT", "AT+QILOCIP", "AT+QIREGAPP", "AT+QISTAT", "AT+QISTATE",
                              "AT+QICLOSE", "AT+QISACK", "AT+QIDNSCFG"}) {
    bench.exchange(std::string{command} + "=?", {"OK"});
  }
  CHECK(bench.ask("AT+QIOPEN=?").find("\r\n+QIOPEN: ") == 0);
  CHECK(bench.ask("AT+QICSGP=?").find("\r\n+QICSGP: 0-CSD") == 0);
}

TEST_CASE("reading commands that have no value", "[tcpip][M66 11]") {
  ModemBench bench;
  for (const auto* command : {"AT+QIOPEN?", "AT+QISEND?", "AT+QICLOSE?", "AT+QIDEACT?", "AT+QIACT?", "AT+QILOCIP?",
                              "AT+QIRD?", "AT+QISACK?"}) {
    bench.ok(command);
  }
  for (const auto* command : {"AT+QISTATE=1,0", "AT+QISTAT=1", "AT+QIACT=1", "AT+QILOCIP=1", "AT+QIDEACT=1"}) {
    CHECK(bench.ask(command) == "\r\nERROR\r\n");  // other families' forms, TinyGSM sends the first one
  }
}

// ---- activation ----

TEST_CASE("QIACT answers once, when the context is up", "[tcpip][M66 11.7]") {
  device::Configuration configuration;
  configuration.timing.activate = 3s;
  ModemBench bench{{.configuration = workbench::configured(configuration), .ready = Ready::ip_start}};
  bench.send("AT+QIACT");
  bench.advance(2'999ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("OK");
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP GPRSACT"});
}

TEST_CASE("an activation that cannot be is an error and ends in PDP DEACT", "[tcpip][at-reference 8]") {
  ModemBench bench{{.ready = Ready::ip_start}};
  const auto* obstacle = GENERATE("AT+CGATT=0", "AT+QICSGP=0");
  bench.ok(obstacle);
  bench.exchange("AT+QIACT", {"ERROR"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: PDP DEACT"});
  bench.exchange("AT+QIACT", {"ERROR"});
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+CGATT=1;+QICSGP=1;+QIREGAPP;+QIACT");
}

TEST_CASE("the deactivation takes its time", "[tcpip][M66 11.4]") {
  device::Configuration configuration;
  configuration.timing.deactivate = 3s;
  ModemBench bench{{.configuration = workbench::configured(configuration), .ready = Ready::ip_status}};
  bench.send("AT+QIDEACT");
  bench.advance(2'999ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("DEACT OK");
}

TEST_CASE("the next activation has the next address", "[tcpip][M66 11.8]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+QIREGAPP;+QIACT");
  bench.exchange("AT+QILOCIP", {"10.1.83.189"});
}

TEST_CASE("QIREGAPP keeps what it is given", "[tcpip][M66 11.6]") {
  ModemBench bench;
  bench.ok("AT+QICSGP=1,cmnet,u,p");
  bench.exchange("AT+QIREGAPP?", {"+QIREGAPP: cmnet,u,p", "OK"});
  bench.ok("AT+QIREGAPP=\"apn\",\"user\",\"pwd\"");
  bench.exchange("AT+QIREGAPP?", {"+QIREGAPP: apn,user,pwd", "OK"});
  bench.ok("AT+QICSGP=1");
  bench.exchange("AT+QIREGAPP?", {"+QIREGAPP: apn,user,pwd", "OK"});
  bench.ok("AT+QIFGCNT=1");
  bench.exchange("AT+QIREGAPP?", {"+QIREGAPP: ,,", "OK"});
}

TEST_CASE("QIOPEN in IP INITIAL brings the context up by itself", "[tcpip][M66 11.1]") {
  device::Configuration configuration;
  configuration.timing.activate = 3s;
  ModemBench bench{{.configuration = workbench::configured(configuration)}};
  bench.network().listen("198.51.100.9", 80);
  bench.exchange(kOpen, {"OK"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP IND"});
  CHECK(bench.ask(kOpen) == "\r\nERROR\r\n");
  CHECK(bench.ask("AT+QIACT") == "\r\nERROR\r\n");
  bench.advance(3s);
  bench.expect("CONNECT OK");
  bench.exchange("AT+QISTAT", {"OK", "STATE: CONNECT OK"});
  bench.exchange("AT+QILOCIP", {"10.1.83.188"});
}

TEST_CASE("QIOPEN in IP INITIAL without a network fails", "[tcpip][M66 11.1]") {
  ModemBench bench;
  bench.ok("AT+CGATT=0");
  bench.exchange(kOpen, {"OK", "CONNECT FAIL"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: PDP DEACT"});
}

TEST_CASE("QIDEACT abandons an activation", "[tcpip][quirk Q11]") {
  device::Configuration configuration;
  configuration.timing.activate = 3s;
  ModemBench bench{{.configuration = workbench::configured(configuration)}};
  bench.network().listen("198.51.100.9", 80);
  bench.exchange(kOpen, {"OK"});
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP INITIAL"});
  bench.advance(10min);
  bench.expect_nothing();
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP INITIAL"});
}

TEST_CASE("QICLOSE while the context is still being brought up", "[tcpip]") {
  device::Configuration configuration;
  configuration.timing.activate = 3s;
  ModemBench bench{{.configuration = workbench::configured(configuration)}};
  bench.exchange(kOpen, {"OK"});
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP IND"});
  CHECK(bench.ask("AT+QILOCIP") == "\r\nERROR\r\n");
  bench.advance(3s);
  bench.expect_nothing();
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP GPRSACT"});
}

TEST_CASE("the context is lost while it is activated", "[tcpip]") {
  device::Configuration configuration;
  configuration.timing.activate = 3s;
  ModemBench bench{{.configuration = workbench::configured(configuration), .ready = Ready::ip_start}};
  bench.send("AT+QIACT");
  bench.advance(1s);
  bench.outside().lose_context(0);
  bench.advance({});
  CHECK(bench.take() == "\r\nERROR\r\n\r\n+PDP DEACT\r\n");
  bench.advance(10min);
  bench.expect_nothing();
}

// ---- loss of the context ----

TEST_CASE("the loss of the context is one line, all sockets are dead", "[tcpip][quirk Q10]") {
  Stack bench;
  bench.bring_to(State::processing);
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT OK"});
  bench.exchange("AT+QIOPEN=2,\"TCP\",\"198.51.100.9\",81", {"OK"});
  bench.outside().lose_context(0);
  bench.advance({});
  CHECK(bench.take() == "\r\n+PDP DEACT\r\n");
  CHECK(bench.network().open_links() == 0);
  for (const auto* command : {"AT+QISEND=0,5", "AT+QISEND=1", "AT+QICLOSE=0", "AT+QIACT", "AT+QILOCIP",
                              "AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", "AT+QIREGAPP"}) {
    INFO(command);
    CHECK(bench.refuses(command));
  }
  bench.advance(10min);
  bench.expect_nothing();
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+QIREGAPP;+QIACT");
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
}

TEST_CASE("a context that is down cannot be lost", "[tcpip]") {
  Stack bench;
  bench.bring_to(GENERATE(State::initial, State::start));
  const auto before = bench.state();
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect_nothing();
  CHECK(bench.state() == before);
}

TEST_CASE("losing one context leaves the other", "[tcpip][M66 11.28]") {
  Stack bench;
  bench.bring_to(State::processing);
  bench.ok("AT+QIFGCNT=1");
  bench.exchange("AT+QIFGCNT?", {"+QIFGCNT: 1,0", "OK"});
  CHECK(bench.state() == "IP INITIAL");
  bench.ok("AT+QIREGAPP;+QIACT");
  bench.outside().lose_context(1);
  bench.advance({});
  bench.expect("+PDP DEACT");
  CHECK(bench.state() == "PDP DEACT");
  bench.ok("AT+QIFGCNT=0");
  CHECK(bench.state() == "IP PROCESSING");
  bench.send("AT+QISEND=0,2");
  bench.expect_prompt();
  bench.send_raw("hi");
  bench.take();
  CHECK(to_text(bench.network().listen("198.51.100.9", 80).last().received()) == "hi");
  CHECK(bench.refuses("AT+QIFGCNT=2"));
}

// ---- QISTAT, QISTATE ----

TEST_CASE("QISTAT and QISTATE with one session: OK, then the state", "[tcpip][M66 11.9, 11.10]") {
  Stack bench;
  const auto state = any_state();
  if (state == State::processing) return;
  bench.bring_to(state);
  for (const auto* command : {"AT+QISTAT", "AT+QISTATE"}) {
    CHECK(bench.ask(command) == "\r\nOK\r\n\r\nSTATE: " + name(state) + "\r\n");
  }
}

TEST_CASE("while a single session connects", "[tcpip][M66 11.9]") {
  Stack bench;
  bench.bring_to(State::status);
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",81", {"OK"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: TCP CONNECTING"});
  bench.exchange(kOpen, {"ALREADY CONNECT"});
  bench.advance(74'999ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("CONNECT FAIL");
  CHECK(bench.state() == "IP CLOSE");
  bench.network().set_latency(1s);
  bench.exchange("AT+QIOPEN=\"UDP\",\"peer.test\",53", {"OK"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: UDP CONNECTING"});
}

TEST_CASE("with ATV0 the state is a number", "[tcpip][M66 11.9]") {
  Stack bench;
  const auto [state, number] = GENERATE(table<State, std::string>({{State::initial, "0"},
                                                                   {State::start, "1"},
                                                                   {State::gprsact, "4"},
                                                                   {State::status, "5"},
                                                                   {State::connected, "8"},
                                                                   {State::close, "7"},
                                                                   {State::pdp_deact, "9"}}));
  bench.bring_to(state);
  bench.ask("ATV0");
  CHECK(bench.ask("AT+QISTAT").find("STATE: " + number + "\r\n") != std::string::npos);
}

TEST_CASE("QISTATE with several sessions: OK, state, six rows, OK", "[tcpip][M66 11.10]") {
  Stack bench;
  bench.bring_to(State::processing);
  bench.exchange("AT+QIOPEN=3,\"TCP\",\"198.51.100.9\",81", {"OK"});
  CHECK(bench.ask("AT+QISTATE") ==
        "\r\nOK\r\n\r\nSTATE: IP PROCESSING\r\n\r\n"
        "+QISTATE: 0, \"TCP\", \"198.51.100.9\", 80,\"CONNECTED\"\r\n"
        "+QISTATE: 1, \"\", \"\", 0,\"INITIAL\"\r\n"
        "+QISTATE: 2, \"\", \"\", 0,\"INITIAL\"\r\n"
        "+QISTATE: 3, \"TCP\", \"198.51.100.9\", 81,\"CONNECTING\"\r\n"
        "+QISTATE: 4, \"\", \"\", 0,\"INITIAL\"\r\n"
        "+QISTATE: 5, \"\", \"\", 0,\"INITIAL\"\r\n"
        "\r\nOK\r\n");
  CHECK(bench.ask("AT+QISTAT") ==
        "\r\n"
        "+QISTAT: 0, \"TCP\", \"198.51.100.9\", \"80\"\r\n"
        "+QISTAT: 1, \"\", \"\", \"\"\r\n"
        "+QISTAT: 2, \"\", \"\", \"\"\r\n"
        "+QISTAT: 3, \"TCP\", \"198.51.100.9\", \"81\"\r\n"
        "+QISTAT: 4, \"\", \"\", \"\"\r\n"
        "+QISTAT: 5, \"\", \"\", \"\"\r\n"
        "\r\nOK\r\n");
}

TEST_CASE("IP PROCESSING stays until QIDEACT", "[tcpip][at-reference 2.2]") {
  Stack bench;
  bench.bring_to(State::processing);
  bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  CHECK(bench.state() == "IP PROCESSING");
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  CHECK(bench.state() == "IP INITIAL");
}
