// SPDX-License-Identifier: Apache-2.0
// What a scenario file can say, and what is said of a wrong one.
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/desk/scenario/steps.hpp"
#include "emulator/app/desk/scenario/vocabulary.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::app;
using namespace quasimodem::app::scenario;

namespace {

Scenario scenario_of(const std::string& text) { return parse_scenario("t.yaml", text); }

/// The only step of a scenario.
Step step_of(const std::string& step) {
  auto scenario = scenario_of("steps:\n  - " + step + "\n");
  REQUIRE(scenario.steps.size() == 1);
  return scenario.steps.front();
}

std::string problem_of(const std::string& text) {
  try {
    scenario_of(text);
  } catch (const Problem& problem) {
    REQUIRE(problem.code() == ExitCode::usage);
    REQUIRE(problem.way_out() == "what a scenario can say: man quasimodem-scenario; docs/scenarios.md");
    return problem.what();
  }
  return "no problem";
}

std::string step_problem(const std::string& step) { return problem_of("steps:\n  - " + step + "\n"); }

}  // namespace

TEST_CASE("A scenario has a name, a time limit and steps", "[scenario]") {
  const auto scenario = scenario_of("name: bearer lost\nwithin: 3s\nsteps:\n  - wait-at: AT+CSQ\n  - delay: 1s\n");
  CHECK(scenario.name == "bearer lost");
  CHECK(scenario.count == 2);
  CHECK(std::get<Wait>(scenario.steps[0].what).within == Duration{3s});
  CHECK(scenario.steps[1].number == "2");
  CHECK(scenario.steps[1].place.line == 5);
  CHECK(scenario_of("steps:\n  - reset\n").name == "t.yaml");
}

TEST_CASE("Waits, expectations and bans", "[scenario]") {
  const auto wait = std::get<Wait>(step_of("{wait-at: 'AT+QISEND=1,*', within: 90s, count: 3, answer: OK}").what);
  CHECK(wait.pattern.subject == Subject::at);
  CHECK(wait.pattern.text == "AT+QISEND=1,*");
  CHECK(wait.pattern.answer == "OK");
  CHECK((wait.count == 3 && wait.within == Duration{90s} && wait.others == Wait::Others::ignored));
  const auto expect = std::get<Wait>(step_of("expect-urc: \"+CREG: 1\"").what);
  CHECK((expect.pattern.subject == Subject::urc && expect.others == Wait::Others::refused));
  CHECK(std::get<Wait>(step_of(R"(wait-module: OK\r\n)").what).pattern.text == "OK\r\n");
  CHECK(std::get<Wait>(step_of(R"(wait-host: "\x1a")").what).pattern.text == "\x1a");
  CHECK(std::get<Wait>(step_of("{wait-event: connected, kind: 'tls,socket'}").what).pattern.kinds ==
        std::vector{RecordKind::tls, RecordKind::socket});
  CHECK(std::get<Wait>(step_of("wait-at").what).pattern.text.empty());  // any command
  CHECK_FALSE(std::get<Never>(step_of("never-unknown").what).lasting);
  CHECK(std::get<Never>(step_of("{never-at: ATD*, for: 5s}").what).lasting == Duration{5s});
  CHECK(std::get<State>(step_of("wait-state: {ready: true}").what).within == Duration{10s});
  CHECK_FALSE(std::get<State>(step_of("expect-state: {ready: true}").what).within);
}

TEST_CASE("Steps within steps", "[scenario]") {
  const auto scenario = scenario_of(
      "steps:\n  - when-at: AT+CSQ\n    times: 2\n    do:\n      - delay: 1s\n      - repeat: 3\n        do:\n"
      "          - urc: RING\n  - every: 30s\n    do:\n      - fault: bearer.outage for=6s\n");
  const auto& when = std::get<When>(scenario.steps[0].what);
  CHECK(when.times == 2);
  const auto& repeat = std::get<Repeat>(when.steps[1].what);
  CHECK(repeat.times == 3);
  CHECK(repeat.steps[0].number == "1.2.1");
  CHECK(repeat.steps[0].title == "urc text=RING");
  CHECK(std::get<Every>(scenario.steps[1].what).interval == Duration{30s});
  CHECK(scenario.count == 6);
  std::string numbers;
  for_each(scenario.steps, [&](const Step& step) { numbers += step.number + " "; });
  CHECK(numbers == "1 1.1 1.2 1.2.1 2 2.1 ");
}

TEST_CASE("Every method that does something is a step, in each of its spellings", "[scenario]") {
  const auto act = [](const std::string& step) { return step_of(step).title; };
  CHECK(act("power: cut") == "power cut=true");
  CHECK(act("power: [under_voltage, shutdown]") == "power under_voltage=true shutdown=true");
  CHECK(act("power: {under_voltage: true, shutdown: yes}") == "power under_voltage=true shutdown=true");
  CHECK(act("urc: '+CMTI: \"SM\",1'") == "urc text=+CMTI: \"SM\",1");
  CHECK(act("sms.deliver: {from: +447700900123, text: hello}") == "sms.deliver from=+447700900123 text=hello");
  CHECK(act("clock: advance=90s") == "clock advance=90s");
  CHECK(act("signal: {rssi: 3}") == "signal rssi=3");
  CHECK(act("reset") == "reset");
  CHECK(act("pdp: deactivate") == "pdp deactivate=true");
  CHECK(act("fault: bearer.outage for=6s") == "fault bearer.outage for=6s");
  CHECK(act("fault: {name: at.error, match: AT+QIACT, cme: 3}") == "fault at.error match=AT+QIACT cme=3");
  CHECK(std::get<ClearFaults>(step_of("clear-fault: bearer.outage").what).name == "bearer.outage");
  CHECK(std::get<ClearFaults>(step_of("clear-fault: all").what).name == "all");
}

TEST_CASE("A wrong file: the place, the thing, what was meant", "[scenario]") {
  CHECK(problem_of("") == "t.yaml:1:1: the file is empty; a scenario begins with steps:");
  CHECK(problem_of("# nothing\n") == "t.yaml:1:1: the file is empty; a scenario begins with steps:");
  CHECK(problem_of("- wait-at: AT\n") == "t.yaml:1:1: a scenario is a map with steps: …");
  CHECK(problem_of("name: x\n") == "t.yaml:1:1: there are no steps in it; a scenario begins with steps:");
  CHECK(problem_of("steps:\n") == "t.yaml:2:1: steps: a list of steps is wanted, each with a - before it");
  CHECK(problem_of("stps:\n  - reset\n") ==
        R"(t.yaml:1:1: unknown key "stps"; did you mean "steps"?; there are name, within, steps)");
  CHECK(problem_of("steps:\n  - reset\nsteps:\n  - reset\n") == R"(t.yaml:3:1: "steps" stands twice; first in line 1)");
  CHECK(problem_of("steps:\n  - reset\n---\nsteps: []\n") ==
        "t.yaml:1:1: there are several documents in it; a scenario is one");
  CHECK(problem_of("steps: [\n").starts_with("t.yaml:2:1: not YAML: "));
  CHECK(problem_of("steps:\n  - wait-at: *nobody\n").starts_with("t.yaml:2:"));
  CHECK(problem_of("within: soon\nsteps:\n  - reset\n") ==
        "t.yaml:1:9: within: a time is wanted, like 500ms, 10s, 2min or 1h; a number alone is seconds");
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'i'; ++c) {
    const char before = static_cast<char>(c - 1);
    bomb += fmt::format("{0}: &{0} [*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1}]\n", c, before);
  }
  CHECK(problem_of(bomb).ends_with("the file is too large for a scenario"));
}

TEST_CASE("What a file stands for is bounded in depth and size", "[scenario]") {
  constexpr auto kEndless = "an alias within what it stands for has no end";
  CHECK(problem_of("steps: &x [*x]\n") == fmt::format("t.yaml:1:12: {}", kEndless));
  CHECK(problem_of("steps: &x {a: *x}\n").ends_with(kEndless));
  CHECK(problem_of("steps:\n  - &x\n    - [a, *x]\n").ends_with(kEndless));

  constexpr auto kTooDeep = "more than 64 lists and maps within each other";
  for (const int depth : {65, 499, 10'000, 500'000}) {
    const std::string begin(static_cast<std::size_t>(depth), '['), end(static_cast<std::size_t>(depth), ']');
    CHECK(problem_of("steps: " + begin + end).ends_with(kTooDeep));
    CHECK(problem_of("steps: " + begin) != "no problem");
  }
  std::string block = "steps:\n";
  for (std::size_t depth = 0; depth < 100; ++depth) block += std::string(depth, ' ') + "-\n";
  CHECK(problem_of(block).ends_with(kTooDeep));
  // Each alias alone is shallow.
  std::string chain = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) chain += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  CHECK(problem_of(chain).ends_with(kTooDeep));
  // A text is as large as what stands for it is short.
  const auto text = "a: &a " + std::string(500'000, 'x') + "\nsteps: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n";
  CHECK(problem_of(text).ends_with("the file is too large for a scenario"));
  // Not a name is searched for among all before it.
  std::string wide = "steps: {";
  for (int i = 0; i < 90'000; ++i) wide += fmt::format("k{}: 1,\n", i);
  CHECK(problem_of(wide + "}").ends_with("each with a - before it"));

  CHECK(scenario_of("steps:\n  - repeat: 2\n    do: &s\n      - delay: 1s\n  - repeat: 3\n    do: *s\n").count == 4);
}

TEST_CASE("A name stands once in a map, at every depth", "[scenario]") {
  CHECK(step_problem("{wait-at: AT, within: 1s, within: 2s}").ends_with("\"within\" stands twice; first in line 2"));
  CHECK(step_problem("{fault: {name: at.error, match: AT, match: ATI}}").find("\"match\" stands twice") !=
        std::string::npos);
  CHECK(step_problem("fault: at.error match=AT match=ATI").ends_with("at.error: match twice"));
}

TEST_CASE("A wrong step: the place, the thing, what was meant", "[scenario]") {
  CHECK(step_problem("wiat-at: AT+CSQ") == R"(t.yaml:2:5: unknown step "wiat-at"; did you mean "wait-at"?)");
  CHECK(step_problem("pwer: cut") == R"(t.yaml:2:5: unknown step "pwer"; did you mean "power"?)");
  CHECK(step_problem("{wait-at: AT, wihtin: 3s}") ==
        R"(t.yaml:2:19: unknown key "wihtin"; did you mean "within"?; there are within, count, answer, name)");
  CHECK(step_problem("{wait-at: AT, times: 3}") ==
        R"(t.yaml:2:19: wait-at takes no "times"; it takes within, count, answer, name)");
  CHECK(step_problem("{wait-at: AT, reset: }") ==
        "t.yaml:2:19: step 1 is wait-at already; reset is another step, with a - of its own");
  CHECK(step_problem("{within: 3s}") == "t.yaml:2:5: step 1 does nothing: wait-at, fault, power … are missing");
  CHECK(step_problem("[reset]") == "t.yaml:2:5: step 1: a step is wanted, like wait-at: AT+CSQ");
  CHECK(step_problem("wait-at: CSQ") == "t.yaml:2:14: wait-at: a command begins with AT: AT+CSQ, ATD*");
  CHECK(step_problem("wait-at: [AT]") == "t.yaml:2:14: wait-at: a text is wanted");
  CHECK(step_problem("wait-host") == "t.yaml:2:5: wait-host: a text is wanted");
  CHECK(step_problem("{wait-at: AT, count: many}") == "t.yaml:2:26: count: a number from 1 to 1000000 is wanted");
  CHECK(step_problem("{wait-at: AT, within: later}") ==
        "t.yaml:2:27: within: a time is wanted, like 500ms, 10s, 2min or 1h; a number alone is seconds");
  CHECK(step_problem("{wait-event: x, kind: tsl}")
            .starts_with(R"(t.yaml:2:27: there are no records of kind "tsl"; did you mean "tls"?; )"));
  CHECK(step_problem("expect-state: home") ==
        "t.yaml:2:19: expect-state: a map is wanted, like network.registration: home");
  CHECK(step_problem("when-at: AT") == "t.yaml:2:14: when-at needs do: with the steps");
  CHECK(step_problem("every: 1ms") == "t.yaml:2:12: every: 10ms or longer");
  CHECK(step_problem("repeat: 0") == "t.yaml:2:13: repeat: a number from 1 to 10000 is wanted");
  CHECK(step_problem("{repeat: 2, do: [{when-at: AT, do: [reset]}]}") ==
        "t.yaml:2:23: when-at cannot stand within do:");
  CHECK(step_problem("{repeat: 2, do: [never-at]}") == "t.yaml:2:22: never-at within do: needs for: how long");
  CHECK(step_problem("quit") == "t.yaml:2:5: a scenario ends by itself, after its last step");
  CHECK(step_problem("state") == "t.yaml:2:5: state only asks; steps that look are wait-…, expect-… and never-…");
}

TEST_CASE("A wrong parameter of a method or a fault: the words of their own tables, with the place", "[scenario]") {
  CHECK(step_problem("power: {kut: true}")
            .starts_with(R"(t.yaml:2:13: power has no parameter "kut"; did you mean "cut"?; it takes )"));
  CHECK(step_problem("power: kut").starts_with(R"(t.yaml:2:12: power has no parameter "kut"; did you mean "cut"?)"));
  CHECK(step_problem("power: {cut: perhaps}") == "t.yaml:2:13: power: cut must be true|false, not perhaps");
  CHECK(step_problem("signal: {rssi: strong}") == "t.yaml:2:14: signal: rssi must be NUMBER, not strong");
  CHECK(step_problem("sms.deliver: {from: '1'}") ==
        "t.yaml:2:18: sms.deliver needs text (UTF-8; long texts come in parts)");
  CHECK(step_problem("urc") == "t.yaml:2:5: urc needs text (one line, without its CR LF)");
  CHECK(step_problem("power: {cut: [1]}") == "t.yaml:2:18: cut: one value is wanted");
  CHECK(step_problem("fault: bearer.outage for=ever") ==
        "t.yaml:2:12: bearer.outage: for=ever: a time (500ms, 10s, 2min or 1h; a number alone is seconds) is wanted");
  CHECK(step_problem("fault: {nme: bearer.outage}") ==
        "t.yaml:2:12: a fault is wanted, like bearer.outage for=6s, or {name: bearer.outage}");
  CHECK(step_problem("fault: {name: bearer.outage, count: no}").starts_with("t.yaml:2:12: bearer.outage: count=no: "));
  CHECK(
      step_problem("clear-fault: bearer.outge") ==
      R"(t.yaml:2:18: there is no fault "bearer.outge" (all of them: quasimodem help faults); did you mean "bearer.outage"?)");
}

// ---- the tables in docs/scenarios.md

namespace {

std::string step_reference() {
  std::string text = "| Step | Value | Meaning | More |\n| --- | --- | --- | --- |\n";
  for (const auto& kind : step_kinds()) {
    std::string more;
    for (const auto key : kind.keys) more += fmt::format("{}`{}`", more.empty() ? "" : ", ", key);
    text += fmt::format("| `{}` | {} | {} | {} |\n", kind.name, kind.value, kind.meaning, more);
  }
  return text;
}

std::string key_reference() {
  std::string text = "| Word | Value | Meaning |\n| --- | --- | --- |\n";
  for (const auto& key : keys()) text += fmt::format("| `{}` | {} | {} |\n", key.name, key.value, key.meaning);
  return text;
}

std::string method_reference() {
  std::string text = "| Step | Meaning | Parameters |\n| --- | --- | --- |\n";
  for (const auto& method : control::methods()) {
    if (!is_step(method)) continue;
    std::string params;
    for (const auto& param : method.params) params += fmt::format("{}`{}`", params.empty() ? "" : ", ", param.name);
    text += fmt::format("| `{}` | {} | {} |\n", method.name, method.summary, params);
  }
  return text;
}

}  // namespace

TEST_CASE("docs/scenarios.md has the tables as the program knows them", "[scenario]") {
  std::ifstream file{QUASIMODEM_SOURCE_DIR "/docs/scenarios.md"};
  std::stringstream text;
  text << file.rdbuf();
  for (const auto& table : {step_reference(), key_reference(), method_reference()}) {
    INFO(table);
    CHECK(text.str().find(table) != std::string::npos);
  }
}

TEST_CASE("What docs/scenarios.md shows can be read", "[scenario]") {
  std::ifstream file{QUASIMODEM_SOURCE_DIR "/docs/scenarios.md"};
  int blocks = 0;
  bool inside = false;
  std::string block;
  for (std::string line; std::getline(file, line);) {
    if (line == "```" && inside) {
      const bool only_steps = block.starts_with("- ");
      INFO(block);
      CHECK_NOTHROW(scenario_of(only_steps ? "steps:\n" + block : block));
      ++blocks;
      inside = false;
    }
    if (inside) block += line + "\n";
    if (line == "```yaml") {
      inside = true;
      block.clear();
    }
  }
  CHECK(blocks == 4);
}

TEST_CASE("Every word of the vocabulary is explained and used", "[scenario]") {
  for (const auto& kind : step_kinds()) {
    INFO(kind.name);
    CHECK(step_kind(kind.name) == &kind);
    CHECK_FALSE(kind.meaning.empty());
    CHECK_FALSE(control::find_method(kind.name));
    for (const auto key : kind.keys) CHECK(find_key(key));
  }
  for (const auto& key : keys()) {
    const auto takes = [&](const StepKind& kind) {
      return std::find(kind.keys.begin(), kind.keys.end(), key.name) != kind.keys.end();
    };
    INFO(key.name);
    CHECK((key.name == "name" || std::any_of(step_kinds().begin(), step_kinds().end(), takes)));
    CHECK_FALSE(control::find_method(key.name));  // it would be two steps
  }
}
