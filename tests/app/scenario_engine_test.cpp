// SPDX-License-Identifier: Apache-2.0
// Scenarios on a module in memory: every kind of step as it passes and as it fails.
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/text_finder.hpp"
#include "emulator/app/desk/scenario/command_match.hpp"
#include "emulator/app/desk/scenario/results.hpp"
#include "emulator/app/desk/scenario/steps.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/registration.hpp"
#include "tests/support/bench_target.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::app;
using namespace quasimodem::app::scenario;
using test::BenchTarget;

namespace {

/// A scenario under way; the test is the host.
class Stage {
 public:
  explicit Stage(const std::string& steps, Engine::Lasts lasts = Engine::Lasts::steps)
      : scenario{parse_scenario("t.yaml", "steps:\n" + steps)}, engine{target, scenario, lasts, [this] { ++ended; }} {
    engine.begin();
  }

  std::string ask(std::string_view line) { return target.bench.ask(line); }
  void advance(Duration span) { target.bench.advance(span); }
  bool passed() const { return engine.over() && !engine.failed() && ended == 1; }
  bool runs() const { return !engine.over() && ended == 0; }
  /// What failed; empty when nothing did.
  std::string failure() const { return engine.failed() ? engine.report().failing->what : ""; }
  std::string failing_step() const { return engine.failed() ? engine.report().failing->step->number : ""; }
  std::string text() const { return failure_text(engine, scenario, "", std::nullopt); }
  /// Of each step: p(assed), f(ailed), - (not reached).
  std::string outcomes() const {
    std::string all;
    for (const auto& result : engine.report().results) {
      all += result.outcome == Result::Outcome::passed ? 'p' : result.outcome == Result::Outcome::failed ? 'f' : '-';
    }
    return all;
  }

  BenchTarget target{BenchTarget::Echo::on};
  Scenario scenario;
  int ended = 0;
  Engine engine;
};

}  // namespace

TEST_CASE("Commands: which ones a pattern means", "[scenario]") {
  CHECK(means("AT+CREG", "AT+CREG"));
  CHECK(means("AT+CREG", "AT+CREG?"));
  CHECK(means("at+creg", "AT+CREG=1"));
  CHECK(means("AT+CREG", "AT+CREG=?"));
  CHECK_FALSE(means("AT+CREG", "AT+CREGX"));
  CHECK_FALSE(means("AT", "AT+CREG"));
  CHECK(means("AT+CREG?", "AT+ CREG ?"));
  CHECK_FALSE(means("AT+CREG?", "AT+CREG"));
  CHECK(means("AT+QISEND=1,*", "AT+QISEND=1,500"));
  CHECK_FALSE(means("AT+QISEND=1,*", "AT+QISEND=0,500"));
  CHECK(means("AT+QSSLCFG=\"CA Cert\",*", "at+qsslcfg = \"CA Cert\",0"));
  CHECK_FALSE(means("AT+QSSLCFG=\"CA Cert\",*", "AT+QSSLCFG=\"ca cert\",0"));
  CHECK(means("ATD*", "ATD+447700900123;"));
  CHECK(means("", "AT+ANYTHING"));
  CHECK(like("a*b*c", "aXbYc"));
  CHECK(like("*", ""));
  CHECK_FALSE(like("a*b", "aXbY"));
  CHECK(commands_of("E0;+CMEE=1;+CSQ") == std::vector<std::string>{"ATE0", "AT+CMEE=1", "AT+CSQ"});
  CHECK(commands_of("") == std::vector<std::string>{"AT"});
}

TEST_CASE("Commands: what is nearest and what parts them", "[scenario]") {
  const std::vector<std::string> sent{"AT+QIOPEN=1,\"TCP\",\"a\",80", "AT+CSQ"};
  CHECK(nearest_command("AT+QSSLOPEN", sent) == sent.front());
  CHECK_FALSE(nearest_command("AT+CPBW", sent));
  CHECK(difference("AT+QSSLOPEN", sent.front()) == "differs in the command name");
  CHECK(difference("AT+QSSLCFG=\"seclevel\",0,2", "AT+QSSLCFG=\"seclevel\",0,1") ==
        "differs in parameter 3: 1 instead of 2");
  CHECK(difference("AT+QICSGP=1,\"A\"", "AT+QICSGP=1") == "has 1 parameter instead of 2");
  CHECK(difference("AT+QICSGP=1,\"A\"", "AT+QICSGP=1,A") == "differs in parameter 2: A instead of \"A\"");
  CHECK(difference("AT+QICSGP=*,\"A\"", "AT+QICSGP=1,\"B\"") == "differs in parameter 2: \"B\" instead of \"A\"");
  CHECK(difference("AT+CREG=1", "AT+CREG?") == "is another form of the command");
}

TEST_CASE("A text is found across pieces, and as often as it is there", "[scenario]") {
  TextFinder finder{"abab"};
  CHECK(finder.feed("xab") == 0);
  CHECK(finder.feed("ab") == 1);
  CHECK(finder.feed("ab") == 0);  // what was part of one is not part of another
  CHECK(finder.feed("ababab") == 2);
}

TEST_CASE("wait-at takes the command among others, in time", "[scenario]") {
  Stage stage{"  - {wait-at: AT+CSQ, within: 5s}\n"};
  stage.ask("AT+CREG?");
  CHECK(stage.runs());
  stage.advance(4999ms);
  stage.ask("AT+CSQ");
  CHECK(stage.passed());
  CHECK(stage.engine.report().results[0].took == Duration{4999ms});
}

TEST_CASE("wait-at in vain says what came instead", "[scenario]") {
  Stage nothing{"  - {wait-at: AT+CSQ, within: 5s}\n"};
  nothing.advance(5s);
  CHECK(nothing.failure() == "expected AT+CSQ within 5s, got nothing for 5s");
  Stage others{"  - {wait-at: AT+CSQ, within: 5s}\n"};
  for (const auto* line : {"AT", "AT+CREG?", "AT+CGREG?", "AT+CSQX", "ATI"}) others.ask(line);
  others.advance(5s);
  CHECK(others.failure() == "expected AT+CSQ within 5s, got 2 others and then AT+CGREG?, AT+CSQX, ATI");
  CHECK(others.ended == 1);
}

TEST_CASE("A command counts when it is sent, its answer when it is answered", "[scenario]") {
  Stage stage{"  - wait-at: AT+CSQ\n  - {wait-at: AT+CSQ, answer: OK}\n"};
  REQUIRE(stage.target.faults().add("at.late match=AT+CSQ time=3s"));
  stage.ask("AT+CSQ");
  CHECK(stage.outcomes().front() == 'p');
  stage.advance(2999ms);
  CHECK(stage.runs());
  stage.advance(1ms);
  CHECK(stage.passed());
}

TEST_CASE("A wait for an answer tells the answers that came", "[scenario]") {
  Stage stage{"  - {wait-at: AT+QIACT, answer: OK, within: 2s}\n"};
  stage.target.faults().on_fired = [&](const FaultFiring& fired) {
    Journal{stage.target.journal()}.write(RecordKind::fault, {{"name", fired.rule.name}, {"subject", fired.subject}});
  };
  REQUIRE(stage.target.faults().add("at.error match=AT+QIACT"));
  stage.ask("AT+QIACT");
  stage.advance(2s);
  CHECK(stage.failure() == "expected AT+QIACT answered OK within 2s, got AT+QIACT answered ERROR");
  CHECK(stage.text().find("last from host   AT+QIACT  (2.0 s ago, answered ERROR by fault \"at.error\")") !=
        std::string::npos);
}

TEST_CASE("AT alone, A/, several commands in a line, LF behind CR, pieces, a module that is off", "[scenario]") {
  Stage stage{
      "  - {wait-at: AT, answer: OK}\n  - wait-at: AT+CSQ\n  - wait-at: AT+CSQ\n  - expect-at: AT+CMEE=1\n"
      "  - expect-at: AT+CREG\n  - expect-at: ATI\n  - expect-at: AT+CIMI\n  - power: cut\n  - expect-at: AT+CPIN?\n"};
  stage.ask("AT");
  stage.ask("AT+CSQ");
  stage.target.bench.send_raw("A/");
  stage.ask("AT+CMEE=1;+CREG?");
  stage.target.bench.send_raw("ATI\r\n");  // heard at once, not after a pause
  CHECK(stage.outcomes() == "pppppp---");
  stage.target.bench.send_raw("AT+C");
  stage.advance(1s);
  stage.target.bench.send_raw("IMI\r");
  CHECK(stage.outcomes() == "pppppppp-");
  stage.ask("AT+CPIN?");  // nobody hears it
  CHECK(stage.passed());
}

TEST_CASE("A/ and what was typed ahead of a prompt count when they begin", "[scenario]") {
  Stage again{"  - wait-at: AT+CSQ\n  - wait-at: AT+CSQ\n  - {wait-at: AT+CSQ, answer: OK}\n"};
  again.ask("AT+CSQ");
  REQUIRE(again.target.faults().add("at.late match=AT+CSQ time=3s"));
  again.target.bench.send_raw("A/");
  again.advance(1s);
  CHECK(again.outcomes() == "pp-");
  again.advance(3s);
  CHECK(again.passed());
}

TEST_CASE("Data is no command", "[scenario]") {
  Stage stage{"  - never-at: AT+CSQ\n  - {wait-host: \"AT+CSQ\\r\"}\n  - delay: 1s\n"};
  stage.ask("AT+CMGF=1");
  stage.ask("AT+CMGS=\"+447700900123\"");
  stage.target.bench.send_raw("AT+CSQ\r");
  stage.target.bench.send_raw("\x1a");
  stage.advance(1min);
  CHECK(stage.failure().empty());
  CHECK(stage.passed());
}

TEST_CASE("count, and how far it came", "[scenario]") {
  Stage stage{"  - {wait-at: AT+CSQ, count: 3, within: 5s}\n"};
  stage.ask("AT+CSQ");
  stage.ask("AT+CSQ");
  CHECK(stage.runs());
  SECTION("enough") {
    stage.ask("AT+CSQ");
    CHECK(stage.passed());
  }
  SECTION("not enough") {
    stage.advance(5s);
    CHECK(stage.failure() == "expected AT+CSQ 3 times within 5s, got nothing for 5s, got it 2 times");
  }
}

TEST_CASE("expect-at refuses another command", "[scenario]") {
  Stage stage{"  - expect-at: AT+CREG?\n  - expect-at: AT+CGREG?\n"};
  stage.ask("AT+CREG?");
  stage.ask("AT+CREG?");
  CHECK(stage.failure() == "expected AT+CGREG? next, got AT+CREG?");
  CHECK(stage.failing_step() == "2");
  CHECK(stage.text() ==
        "scenario t.yaml step 2 (line 3): expected AT+CGREG? next, got AT+CREG?\n"
        "       last from host   AT+CREG?  (0.0 s ago, answered OK)\n"
        "       nearest match    AT+CREG?  differs in the command name");
}

TEST_CASE("What the module says: URCs, bytes, events", "[scenario]") {
  Stage stage{
      "  - wait-urc: '+CMTI: \"SM\"'\n  - {wait-module: 'OK\\r\\n', count: 2}\n  - expect-urc: RING\n"
      "  - {wait-event: searching, kind: state}\n"};
  stage.ask("AT");  // the rate is known from here on
  stage.target.modem().me().outside().deliver_sms("+447700900123", "hello");
  stage.advance(1s);
  stage.ask("AT+CSQ");
  stage.ask("AT");
  CHECK(stage.outcomes() == "pp--");
  stage.target.modem().me().outside().ring("+447700900123");
  stage.advance(100ms);
  CHECK(stage.outcomes() == "ppp-");
  stage.target.modem().me().outside().serve(device::RegistrationStatus::searching);
  stage.advance(100ms);
  CHECK(stage.passed());
}

TEST_CASE("Another URC than the expected one, none at all", "[scenario]") {
  Stage other{"  - expect-urc: RING\n"};
  other.target.modem().terminal().channel().unsolicited("+CREG: 5");
  other.advance(100ms);
  CHECK(other.failure() == R"(expected "RING" as a URC next, got "+CREG: 5")");
  Stage none{"  - {wait-module: CONNECT, within: 1s}\n"};
  none.ask("AT");
  none.advance(1s);
  CHECK(none.text().find(R"(last from module AT\r\r\nOK\r\n)") != std::string::npos);
}

TEST_CASE("State: now, in time, and what is wrong with it", "[scenario]") {
  Stage good{
      "  - expect-state:\n      network: {registration: home}\n      contexts.0.state: IP INITIAL\n"
      "      contexts.0.sockets: []\n      contexts: [{context: 1, foreground: false}]\n      uart.echo: true\n"
      "      ssl_contexts.0.seclevel: 0\n  - wait-state: {network.rssi: 3}\n"};
  CHECK(good.outcomes() == "p-");
  good.advance(1s);
  CHECK(good.runs());
  good.target.modem().me().registration().set_signal_strength(3);  // no record tells of it
  good.advance(1s);
  CHECK(good.passed());

  Stage wrong{"  - expect-state: {network.registration: denied}\n"};
  CHECK(wrong.failure() == R"(network.registration is "home", not denied)");
  Stage last{"  - {wait-state: {network.rssi: 3}, within: 120ms}\n  - delay: 1s\n"};
  last.advance(110ms);
  last.target.modem().me().registration().set_signal_strength(3);  // between the last look and the end
  last.advance(10ms);
  CHECK(last.outcomes() == "p-");
  Stage never{"  - wait-state: {sim.status: blocked}\n"};
  never.advance(10s);
  CHECK(never.failure() == R"(waited 10s in vain: sim.status is "ready", not blocked)");
  Stage list{"  - expect-state: {certificates: [{name: 'RAM:ca.pem'}]}\n"};
  CHECK(list.failure() == "certificates is []: what line 2 wants is not in it");
  Stage full{"  - expect-state: {contexts: []}\n"};
  CHECK(full.failure().starts_with("contexts is not empty but [{"));
  Stage missing{"  - expect-state: {contexts.0.sockets.0.state: CONNECTED}\n"};
  CHECK(missing.failure() == "there is no contexts.0.sockets.0");
}

TEST_CASE("A state that no module has is a wrong file", "[scenario]") {
  const auto problem = [](const std::string& step) -> std::string {
    try {
      Stage stage{"  - delay: 1s\n  - " + step + "\n"};
    } catch (const Problem& what) {
      return what.what();
    }
    return "none";
  };
  CHECK(problem("expect-state: {network.registraton: home}") ==
        R"(t.yaml:3:20: the module's state has no "registraton"; did you mean "registration"?)");
  CHECK(problem("wait-state: {network: {operater: x}}") ==
        R"(t.yaml:3:28: the module's state has no "operater"; did you mean "operator"?)");
  CHECK(problem("expect-state: {contexts.first: x}") == R"(t.yaml:3:20: "first": a number from 0 is wanted in a list)");
}

TEST_CASE("never, for a while and beside everything else", "[scenario]") {
  Stage quiet{"  - {never-at: AT+CSQ, for: 5s}\n"};
  quiet.ask("AT");
  quiet.advance(5s);
  CHECK(quiet.passed());
  Stage loud{"  - {never-at: AT+CSQ, for: 5s}\n"};
  loud.ask("AT+CSQ");
  CHECK(loud.failure() == "expected no AT+CSQ, got AT+CSQ");
  Stage beside{"  - {never-at: AT*, answer: \"*ERROR*\"}\n  - wait-at: AT+CSQ\n"};
  beside.ask("AT+CREG=9");
  CHECK(beside.failure() == "expected no AT* answered *ERROR*, got AT+CREG=9 answered +CME ERROR: 3");
  CHECK(beside.failing_step() == "1");
  beside.advance(1h);  // what waited then waits no more
  CHECK(beside.outcomes() == "f-");
  Stage urc{"  - never-urc: RING\n  - delay: 1s\n"};
  urc.target.modem().terminal().channel().unsolicited("RING");
  urc.advance(1s);
  CHECK(urc.failure() == R"(expected no "RING" as a URC, got "RING")");
}

TEST_CASE("never-unknown: what this model does not have, and what is no command", "[scenario]") {
  Stage good{"  - never-unknown\n  - wait-at: AT+CSQ\n"};
  for (const auto* line : {"AT", "ATE0V1", "AT+CREG=99", "at+csq"}) good.ask(line);
  CHECK(good.passed());
  Stage bad{"  - never-unknown\n  - wait-at: AT+CSQ\n"};
  bad.ask("AT+CSX");
  CHECK(bad.failure() == "expected no unknown command, got AT+CSX");
  INFO(bad.text());
  CHECK(bad.text().find("nearest command  AT+CS") != std::string::npos);
}

TEST_CASE("Deeds: methods of the control socket and faults", "[scenario]") {
  Stage stage{
      "  - signal: {rssi: 7}\n  - fault: signal.drop rssi=2\n  - delay: 1s\n  - clear-fault: signal.drop\n"
      "  - clock: advance=1h\n  - delay: 1s\n  - urc: \"+HELLO\"\n"};
  CHECK(stage.target.faults().book().entries().size() == 1);
  stage.advance(1s);
  CHECK(stage.target.faults().book().entries().empty());
  stage.advance(1s);
  CHECK(stage.passed());
  CHECK(stage.target.timeline().now().time_since_epoch() > Duration{1h});
  stage.target.bench.take();
  CHECK(stage.ask("AT+CSQ").find("+CSQ: 7,0") != std::string::npos);
  const auto& records = stage.target.journal().records();
  CHECK(std::count_if(records.begin(), records.end(),
                      [](const Record& each) { return each.kind == RecordKind::ctl; }) == 5);
}

TEST_CASE("A deed that is not possible fails with the method's own words", "[scenario]") {
  Stage stage{"  - pdp: deactivate\n  - reset\n"};
  CHECK(stage.failure() == "pdp: context 0 is not active");
  CHECK(stage.outcomes() == "f-");
  CHECK(stage.ended == 1);
  CHECK(Stage{"  - signal: {rssi: 77}\n"}.failure() == "signal: rssi=77: 0 to 31, or 99");
  CHECK(Stage{"  - clear-fault: pdp.drop\n"}.failure() == "there is no fault pdp.drop to clear");
}

TEST_CASE("The module may be taken away under a scenario", "[scenario]") {
  Stage stage{"  - when-at: AT+CSQ\n    do: [reset]\n  - wait-at: AT+CSQ\n  - {wait-at: ATI, within: 5min}\n"};
  stage.ask("AT+CSQ");
  stage.advance(1min);
  stage.ask("ATI");
  CHECK(stage.passed());
}

TEST_CASE("Triggers fire each time, beside the steps, one after the other", "[scenario]") {
  Stage stage{"  - when-at: AT+CSQ\n    do:\n      - delay: 1s\n      - urc: \"+TRIGGERED\"\n  - wait-at: ATI\n"};
  stage.ask("AT+CSQ");
  stage.ask("AT+CSQ");
  stage.target.bench.take();
  stage.advance(1s);
  CHECK(stage.target.bench.take() == "\r\n+TRIGGERED\r\n");
  stage.ask("ATI");
  CHECK(stage.runs());  // the second time is under way
  stage.target.bench.take();
  stage.advance(1s);
  CHECK(stage.target.bench.take() == "\r\n+TRIGGERED\r\n");
  CHECK(stage.passed());
}

TEST_CASE("What ends a trigger's steps at the last moment lets the next ones begin", "[scenario]") {
  Stage stage{"  - when-at: AT+CSQ\n    do: [{wait-urc: LAST, within: 1s}]\n  - delay: 1h\n"};
  // At the same instant as the time limit, and before it.
  stage.target.timeline().after(1s, [&] { stage.target.modem().terminal().channel().unsolicited("LAST"); });
  stage.ask("AT+CSQ");
  stage.ask("AT+CSQ");
  stage.advance(1s);
  CHECK(stage.runs());
  stage.advance(1s);
  CHECK(stage.failure() == R"(expected "LAST" as a URC within 1s, got nothing for 1s)");
}

TEST_CASE("times ends a trigger; what fails in it fails the scenario", "[scenario]") {
  Stage stage{"  - when-at: AT+CSQ\n    times: 1\n    do: [{urc: X}]\n  - delay: 1s\n"};
  stage.ask("AT+CSQ;+CSQ");
  stage.target.bench.take();
  stage.ask("AT+CSQ");
  stage.advance(1s);
  CHECK(stage.passed());
  const auto& records = stage.target.journal().records();
  CHECK(std::count_if(records.begin(), records.end(),
                      [](const Record& each) { return each.kind == RecordKind::urc && each.text() == "X"; }) == 1);
  Stage failing{"  - when-at: AT+CSQ\n    do: [{wait-at: ATI, within: 1s}]\n  - delay: 1h\n"};
  failing.ask("AT+CSQ");
  failing.advance(1s);
  CHECK(failing.failure() == "expected ATI within 1s, got nothing for 1s");
  CHECK(failing.failing_step() == "1.1");
}

TEST_CASE("every: by the clock, as often as it says", "[scenario]") {
  Stage stage{"  - every: 10s\n    times: 3\n    do: [{urc: TICK}]\n  - delay: 1min\n"};
  stage.target.bench.take();
  stage.advance(25s);
  CHECK(stage.target.bench.take() == "\r\nTICK\r\n\r\nTICK\r\n");
  stage.advance(35s);
  CHECK(stage.target.bench.take() == "\r\nTICK\r\n");
  CHECK(stage.passed());
}

TEST_CASE("repeat goes through its steps again and again", "[scenario]") {
  Stage stage{"  - repeat: 2\n    do:\n      - wait-at: AT+CSQ\n      - repeat: 2\n        do: [{wait-at: ATI}]\n"};
  for (const auto* line : {"AT+CSQ", "ATI", "ATI", "AT+CSQ", "ATI"}) stage.ask(line);
  CHECK(stage.runs());
  stage.ask("ATI");
  CHECK(stage.passed());
  CHECK(stage.outcomes() == "pppp");
}

TEST_CASE("A trigger that sets itself off does not hang the program", "[scenario]") {
  Stage stage{"  - when-urc: AGAIN\n    do: [{urc: AGAIN}]\n  - urc: AGAIN\n  - delay: 1h\n"};
  stage.advance(1s);
  CHECK(stage.failure() == "it sets itself off again and again; give it times, or a delay");
  CHECK(stage.failing_step() == "1");
}

TEST_CASE("While a host runs, the scenario ends with it", "[scenario]") {
  constexpr auto kHost = Engine::Lasts::host;
  Stage watched{"  - never-unknown\n  - wait-at: AT+CSQ\n", kHost};
  watched.ask("AT+CSQ");
  CHECK(watched.runs());
  SECTION("well") {
    watched.engine.host_ended("but the command ended with 0");
    CHECK(watched.passed());
    CHECK(watched.outcomes() == "pp");
  }
  SECTION("with what it must not do after the last step") {
    watched.ask("AT+NOPE");
    CHECK(watched.failing_step() == "1");
  }
  SECTION("with what it does at the very end") {
    watched.target.bench.send("AT+NOPE");
    watched.engine.host_ended("but the command ended with 0");
    CHECK(watched.failing_step() == "1");
  }
}

TEST_CASE("A host that ends too early", "[scenario]") {
  constexpr auto kHost = Engine::Lasts::host;
  const auto end = [](Stage& stage) {
    stage.engine.host_ended("but the command ended with 0");
    CHECK(stage.engine.over());
    CHECK(stage.ended == 1);
    return stage.failure();
  };
  Stage waits{"  - wait-at: AT+CSQ\n", kHost};
  CHECK(end(waits) == "expected AT+CSQ, but the command ended with 0");
  Stage state{"  - wait-state: {network.rssi: 3}\n", kHost};
  CHECK(end(state) == "network.rssi is 30, not 3, but the command ended with 0");
  Stage late{"  - wait-state: {network.rssi: 3}\n  - reset\n", kHost};
  late.target.modem().me().registration().set_signal_strength(3);
  CHECK(end(late).empty());
  CHECK(late.outcomes() == "pp");
  Stage later{"  - delay: 1s\n  - expect-at: AT+CSQ\n", kHost};
  CHECK(end(later) == "the steps after it were not reached, but the command ended with 0");
  Stage rounds{"  - repeat: 2\n    do:\n      - wait-at: AT+CSQ\n      - delay: 1s\n", kHost};
  rounds.ask("AT+CSQ");
  CHECK(end(rounds) == "the steps after it were not reached, but the command ended with 0");
  Stage trigger{"  - when-at: AT+CSQ\n    do: [{wait-at: ATI}]\n", kHost};
  trigger.ask("AT+CSQ");
  CHECK(end(trigger) == "expected ATI, but the command ended with 0");
  Stage idle{"  - delay: 1h\n  - urc: X\n", kHost};  // nothing that must come true is left
  CHECK(end(idle).empty());
  CHECK(idle.outcomes() == "--");
  Stage ban{"  - {never-at: AT+CSQ, for: 1h}\n", kHost};
  CHECK(end(ban).empty());
  CHECK(ban.outcomes() == "p");
}

TEST_CASE("A scenario that never began has not passed", "[scenario]") {
  BenchTarget target;
  const auto scenario = parse_scenario("t.yaml", "steps:\n  - wait-at: AT\n");
  Engine engine{target, scenario, Engine::Lasts::host, {}};
  engine.host_ended("but the program ended");
  CHECK(engine.failed());
}

TEST_CASE("The module's start belongs to the scenario", "[scenario]") {
  BenchTarget target;  // ATE0 was sent
  const auto scenario = parse_scenario("t.yaml", "steps:\n  - wait-event: home\n  - wait-at: ATE0\n");
  Engine engine{target, scenario, Engine::Lasts::steps, {}};
  engine.begin();
  CHECK((engine.over() && !engine.failed()));
}

// ---- JUnit ----

TEST_CASE("JUnit: a case for each step", "[scenario]") {
  Stage stage{"  - {wait-at: AT+CSQ, name: \"a < b & \\\"c\\\"\"}\n  - {wait-at: ATI, within: 2s}\n  - reset\n"};
  stage.advance(1500ms);
  stage.ask("AT+CSQ");
  stage.advance(2s);
  CHECK(junit_xml({{"suite", &stage.scenario, &stage.engine.report(), "all\nlines"}}) ==
        R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0" skipped="1" time="3.500">
  <testsuite name="suite" tests="3" failures="1" errors="0" skipped="1" time="3.500">
    <testcase classname="suite" name="1 a &lt; b &amp; &quot;c&quot;" file="t.yaml" line="2" time="1.500"/>
    <testcase classname="suite" name="2 wait-at ATI" file="t.yaml" line="3" time="2.000">
      <failure type="expectation" message="expected ATI within 2s, got nothing for 2s">all&#10;lines</failure>
    </testcase>
    <testcase classname="suite" name="3 reset" file="t.yaml" line="4" time="0.000">
      <skipped message="not reached"/>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST_CASE("XML holds what it can and shows the rest", "[scenario]") {
  CHECK(xml_escaped("<a href=\"x\">&</a>") == "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;");
  CHECK(xml_escaped(std::string{"\x01\x1b[2J\r\0", 7}) == "\\x01\\x1b[2J\\x0d\\x00");
  CHECK(xml_escaped("a\nb\tc") == "a&#10;b&#9;c");
  CHECK(xml_escaped("Grüße 中") == "Grüße 中");
  CHECK(xml_escaped("\xFF\xC3") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(xml_escaped("\xEF\xBF\xBE") == "\xEF\xBF\xBD");
  CHECK(xml_escaped("]]>") == "]]&gt;");
}
