// SPDX-License-Identifier: Apache-2.0
// Whole dialogues, byte for byte: tests/transcripts, format in 00_format.txt there.
#include "emulator/workbench/transcript.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "emulator/device/model.hpp"
#include "emulator/workbench/transcript_player.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/transcript.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

/// Those that the module can answer, or those with commands that are still to come.
std::vector<std::string> files(bool complete) {
  std::vector<std::string> chosen;
  for (const auto& file : transcript_files()) {
    if (load_transcript(file).needs.not_yet.empty() == complete) chosen.push_back(file);
  }
  return chosen;
}

}  // namespace

TEST_CASE("the module answers as written, byte for byte", "[transcript]") {
  const auto file = GENERATE(from_range(files(true)));
  const auto difference = play(load_transcript(file));
  INFO(difference);
  CHECK(difference.empty());
}

TEST_CASE("what cannot pass yet fails at the first command that is still to come", "[transcript]") {
  const auto file = GENERATE(from_range(files(false)));
  const auto transcript = load_transcript(file);
  INFO("when " << file << " passes, # not yet: goes from its head");
  const auto all = differences(transcript);
  REQUIRE(!all.empty());
  const auto& still_to_come = transcript.needs.not_yet;
  CHECK(std::any_of(still_to_come.begin(), still_to_come.end(),
                    [&](const auto& command) { return all.front().after.starts_with(command); }));
  CHECK(all.front().got == "\r\nERROR\r\n");
}

TEST_CASE("the transcripts are there", "[transcript]") {
  const auto all = transcript_files();
  CHECK(all.size() == files(true).size() + files(false).size());
  CHECK(files(true).size() >= 23);
  CHECK(std::find(all.begin(), all.end(), "00_format.txt") == all.end());
}

TEST_CASE("a transcript that names no model passes with every one", "[transcript]") {
  const auto file = GENERATE(from_range(files(true)));
  const auto transcript = load_transcript(file);
  if (transcript.needs.model) return;
  for (const auto& key : device::model_keys()) {
    INFO(file << ", " << key);
    CHECK(play(transcript, device::model_named(key)).empty());
  }
}

TEST_CASE("a transcript that does not name a switch of the firmware passes with it on and off", "[transcript]") {
  const auto file = GENERATE(from_range(files(true)));
  for (const auto& row : device::firmware_switches()) {
    for (const bool on : {false, true}) {
      auto transcript = load_transcript(file);
      if (transcript.needs.firmware.*row.choice) continue;
      transcript.needs.firmware.*row.choice = on;
      INFO(file << " with " << row.name << (on ? " on" : " off"));
      CHECK(play(transcript).empty());
    }
  }
}

TEST_CASE("a transcript that opens sockets says to whom", "[transcript]") {
  const auto file = GENERATE(from_range(transcript_files()));
  const auto transcript = load_transcript(file);
  INFO(file);
  for (const auto& step : transcript.steps) {
    if (step.kind != Transcript::Step::Kind::host) continue;
    if (step.text.find("OPEN=") != std::string::npos || step.text.find("OPEN =") != std::string::npos) {
      if (step.text.find("QFOPEN") == std::string::npos) CHECK(transcript.needs.peers);
    }
  }
}

// ---- the player itself ----

TEST_CASE("a byte that differs is reported with its place", "[transcript]") {
  const auto said = play(parse_transcript("small", "# setup: ATE0\n> AT\\r\n< \\r\\nOK \\r\\n\n"));
  CHECK(said ==
        "small:3: not the bytes expected\n  after     AT\\r\n"
        "  expected  \\r\\nOK \\r\\n\n  got       \\r\\nOK\\r\\n\n                  ^ byte 4\n");
}

TEST_CASE("a missing answer is reported", "[transcript]") {
  const auto said = play(parse_transcript("small", "# setup: ATE0\n> at+nothing\\n\n< \\r\\nERROR\\r\\n\n"));
  CHECK(said ==
        "small:3: not the bytes expected\n  after     at+nothing\\n\n"
        "  expected  \\r\\nERROR\\r\\n\n  got       \n            ^ byte 0\n");
}

TEST_CASE("an answer that is not in the transcript is reported", "[transcript]") {
  const auto between =
      GENERATE("> AT\\r\n> \n", "> AT\\r\n# @wait 1\n", "> AT\\r\n# @event peer closes\n", "> AT\\r\n");
  const auto said = play(parse_transcript("small", std::string{"# setup: ATE0\n"} + between));
  CHECK(said.find("small:2: more than expected follows") == 0);
}

TEST_CASE("after a difference the play goes on with what the host says next", "[transcript]") {
  const auto transcript = parse_transcript(
      "small",
      "# setup: ATE0\n> AT\\r\n< \\r\\nNO\\r\\n\n< more\n> AT\\r\n< \\r\\nOK\\r\\n\n> AT+X\\r\n< \\r\\nOK\\r\\n\n");
  const auto all = workbench::play(transcript, workbench::World::throwaway()).differences;
  REQUIRE(all.size() == 2);
  CHECK(all[0].line == 3);
  CHECK(all[0].after == "AT\r");
  CHECK(all[0].got == "\r\nOK\r\n");
  CHECK(all[1].line == 8);
  CHECK(all[1].got == "\r\nERROR\r\n");
}

TEST_CASE("words that the player does not know fail", "[transcript]") {
  CHECK(play(parse_transcript("small", "\n# needs: registered, full moon\n")) ==
        "small:2: a module in memory cannot be made so: \"full moon\"\n");
  CHECK(play(parse_transcript("small", "# needs: no Sim\n")).ends_with("did you mean \"no SIM\"?\n"));
  CHECK(play(parse_transcript("small", "# event: no remark\n# @event it rains\n")) ==
        "small:2: unknown event \"it rains\"\n");
  CHECK(play(parse_transcript("small", "> {WHAT}\n")) == "small:1: unknown placeholder {WHAT}: --set WHAT=…\n");
  CHECK(play(parse_transcript("small", "> AT\\r\n< AT{WHAT}\n")) ==
        "small:2: unknown placeholder {WHAT}: --set WHAT=…\n");
  CHECK_THROWS_WITH(parse_transcript("small", "# @wait long\n"),
                    "small:1: a time is wanted, of a day at most: 500ms, 10s, 2min or 1h; a number alone is seconds");
  CHECK_THROWS_WITH(parse_transcript("small", "AT\n"), "small:1: neither host, module nor remark");
}

TEST_CASE("the head says which model, firmware and peers are needed", "[transcript]") {
  const auto needs = parse_transcript("small",
                                      "# model: M66\n# firmware: close-index=on, long-pdu=off\n"
                                      "# peers: tls {IP}:{PORT} (demands a client certificate), time ntp.test\n"
                                      "# value: NAME=a=b\n# not yet: AT+X, AT+Y\n")
                         .needs;
  CHECK(needs.model == device::Model::m66);
  CHECK(needs.firmware.close_index == true);
  CHECK(needs.firmware.long_pdu == false);
  CHECK(!needs.firmware.ccid_prefix);
  REQUIRE(needs.peers);
  REQUIRE(needs.peers->size() == 2);
  CHECK(needs.peers->front().port == "{PORT}");
  CHECK(needs.peers->front().demands_certificate);
  CHECK(needs.values.at("NAME") == "a=b");
  CHECK(needs.not_yet == std::vector<std::string>{"AT+X", "AT+Y"});
  CHECK(needs.texts() == std::vector<std::string>{"model m66", "firmware close-index=on", "firmware long-pdu=off",
                                                  "peer tls {IP}:{PORT} (demands a client certificate)",
                                                  "peer time ntp.test"});
  CHECK(parse_transcript("small", "# peers: none\n").needs.peers->empty());
  CHECK(!parse_transcript("small", "# setup: ATE0\n").needs.peers);
}

TEST_CASE("a head that nobody understands is refused with its line", "[transcript]") {
  const auto problem = [](const std::string& head) { return Transcript::parse("small", "\n" + head + "\n").error(); };
  CHECK(problem("# model: m99") ==
        "small:2: unknown model \"m99\"; one of m10, m66, m85, m95, m26 and mc60, or no such line; did you mean "
        "\"m95\"?");
  CHECK(problem("# model: mc6o").ends_with("; did you mean \"mc60\"?"));
  CHECK(problem("# firmware: long-pdu").starts_with("small:2: unknown firmware \"long-pdu\"; SWITCH=on or"));
  CHECK(problem("# firmware: fast=on").starts_with("small:2: unknown firmware \"fast=on\""));
  CHECK(
      problem("# peers: udp h:1") ==
      "small:2: a peer is tls, tcp, http, https, ftp, smtp, smtps, mqtt, mqtts, silent, time or host, not \"udp h:1\"");
  CHECK(problem("# peers: tls h") == "small:2: a peer is written like \"tls {IP}:{PORT}\", not \"tls h\"");
  CHECK(problem("# peers: time h:1") == "small:2: a peer is written like \"time {NTPHOST}\", not \"time h:1\"");
  CHECK(problem("# value: X") == "small:2: a value is NAME=TEXT or NAME=@FILE, not \"X\"");
}

TEST_CASE("the model and the firmware of the head are those that answer", "[transcript]") {
  CHECK(play(parse_transcript("small",
                              "# setup: ATE0\n# model: m85\n> AT+CGMM\\r\n< \\r\\nQuectel_M85\\r\\n\\r\\nOK\\r\\n\n"))
            .empty());
  const auto ccid = [](const std::string& choice, const std::string& answer) {
    return play(parse_transcript(
        "small", "# setup: ATE0\n# firmware: ccid-prefix=" + choice + "\n> AT+QCCID\\r\n< \\r\\n" + answer + "\n"));
  };
  CHECK(ccid("on", "+QCCID: ").find("more than expected") != std::string::npos);
  CHECK(ccid("off", "+QCCID: ").find("not the bytes expected") != std::string::npos);
}

TEST_CASE("a socket to somebody whom the head does not name fails", "[transcript]") {
  const auto said = [](const std::string& peers) {
    return play(parse_transcript(
        "small", "# setup: ATE0\n# setup: AT+QIREGAPP\n# setup: AT+QIACT\n# setup: AT+QILOCIP\n# peers: " + peers +
                     "\n> AT+QIOPEN=\"TCP\",\"{IP}\",{PORT}\\r\n"
                     "< \\r\\nOK\\r\\n\n< \\r\\nCONNECT OK\\r\\n\n"));
  };
  CHECK(said("none") == "small:6: # peers: does not name 198.51.100.9:8883\n");
  CHECK(said("tcp {IP}:1") == "small:6: # peers: does not name 198.51.100.9:8883\n");
  CHECK(said("tcp {IP}:{PORT}").empty());
}

TEST_CASE("what goes before the dialogue is answered with OK, or the transcript is at fault", "[transcript]") {
  const auto said = [](const std::string& line) {
    return play(parse_transcript("small", "# setup: ATE0\n# setup: " + line + "\n> AT\\r\n< \\r\\nOK\\r\\n\n"));
  };
  CHECK(said("AT+QIDEACT").empty());
  CHECK(said("AT+QILOCIP;") == "small:2: setup: AT+QILOCIP; answered \\r\\nERROR\\r\\n\n");
  CHECK(said("AT+QIMUX=7") == "small:2: setup: AT+QIMUX=7 answered \\r\\nERROR\\r\\n\n");
  CHECK(said("AT+CMGF=1;+CMGS=\"1\"").starts_with("small:2: setup: AT+CMGF=1;+CMGS=\"1\" answered \\r\\n> "));
  CHECK_THROWS_WITH(said(""), "small:2: a setup is a command line, like ATE0");
}

TEST_CASE("the start of older transcripts is a setup", "[transcript]") {
  using Kind = Transcript::Step::Kind;
  const auto transcript = parse_transcript("small", "# start: power on, IFC=0,0, IP STATUS, ATE0, full moon\n");
  std::vector<std::string> setup;
  for (const auto& step : transcript.steps) {
    CHECK(step.line == 1);
    if (step.kind == Kind::setup) setup.push_back(step.text);
  }
  CHECK(setup == std::vector<std::string>{"ATE0", "AT+IFC=0,0", "AT+QIDEACT", "AT+QIREGAPP", "AT+QIACT", "AT+QILOCIP"});
  CHECK(transcript.steps.back().kind == Kind::event);
  REQUIRE(transcript.needs.states.size() == 1);
  CHECK(transcript.needs.states.front().text == "full moon");
}

TEST_CASE("in the module's bytes a placeholder without a value stands for anything", "[transcript]") {
  using State = workbench::Fit::State;
  using workbench::fit;
  CHECK(fit("+QPING: {MS},255", "+QPING: 17,255").used == 14);
  CHECK(fit("+QPING: {MS},255", "+QPING: 17").state == State::needs_more);
  CHECK(fit("+QPING: {MS},255", "+QPING: 17,25x").state == State::differs);
  CHECK(fit("+QPING: {MS},255", "+CPING: 17").state == State::differs);
  CHECK(fit("{A}{B}", "more").used == 4);
  CHECK(fit("{a}", "{a}b").used == 3);
  CHECK(workbench::bytes_of("{A}{B}\\r", {{"A", "1"}}) == "1{B}\r");
}
