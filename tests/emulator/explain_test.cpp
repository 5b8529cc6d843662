// SPDX-License-Identifier: Apache-2.0
// What `quasimodem explain` knows: every line that the module prints in the transcripts, every command.
#include "emulator/commands/explain.hpp"

#include <filesystem>
#include <regex>
#include <string>

#include "emulator/commands/all.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/transcript.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using commands::explain;

namespace {

/// Lines that are data and no words of the module.
bool is_data(const std::string& line) {
  static const std::regex kData{R"([0-9A-Za-z\\]{1,15}|\d+\.\d+\.\d+\.\d+|\{\w+\}|\{"?.*)"};
  return line != "OK" && line != "ERROR" && std::regex_match(line, kData);
}

std::string with_values(std::string text) {
  text = std::regex_replace(text, std::regex{R"(\{(IP2?|CLOSED_IP)\})"}, "198.51.100.9");
  text = std::regex_replace(text, std::regex{R"(\{\w+_SUM\})"}, "4c30");
  return std::regex_replace(text, std::regex{R"(\{[A-Z0-9_]+\})"}, "7");
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text + "\n") {
    if (c != '\r' && c != '\n') {
      line += c;
    } else if (!line.empty()) {
      lines.push_back(std::exchange(line, {}));
    }
  }
  return lines;
}

const commands::Explanation::Field& field(const commands::Explanation& explanation, const std::string& name) {
  for (const auto& each : explanation.fields) {
    if (each.name == name) return each;
  }
  FAIL("no field " << name);
  throw 0;
}

}  // namespace

TEST_CASE("every line of the module in the transcripts can be explained", "[explain]") {
  const auto folder = std::string{QUASIMODEM_SOURCE_DIR} + "/tests/transcripts";
  std::size_t explained = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const auto file = entry.path().filename().string();
    // Commands that are still to come, and a line whose bytes are stuffed.
    static const std::regex kOut{"00_.*|16_.*|20_.*|21_.*|22_.*"};
    if (!entry.is_regular_file() || std::regex_match(file, kOut)) continue;
    for (const auto& step : load_transcript(file).steps) {
      if (step.kind != Transcript::Step::Kind::module) continue;
      for (const auto& line : lines_of(to_text(unescaped(with_values(step.text))))) {
        if (is_data(line) || line.starts_with("Quectel_") || line.starts_with("Revision")) continue;
        INFO(file << ":" << step.line << ": " << line);
        CHECK(!explain(line).empty());
        ++explained;
      }
    }
  }
  CHECK(explained > 200);
}

TEST_CASE("every command can be explained by its name", "[explain]") {
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      const auto explanations = explain("AT" + std::string{command.name} + "=?");
      INFO(command.name);
      REQUIRE(!explanations.empty());
    }
  }
}

TEST_CASE("a command line is taken apart and its values are judged", "[explain]") {
  const auto open = explain("AT+QSSLOPEN=1,9,\"host\",443,0");
  REQUIRE(open.size() == 1);
  CHECK(open[0].kind == "command");
  CHECK(open[0].manual == "SSL 2.2.2");
  CHECK(field(open[0], "ssid").meaning == "0-5");
  CHECK(field(open[0], "ctxindex").meaning == "wrong: 0-5");
  CHECK(field(open[0], "timeout").meaning == "default 90");

  const auto two = explain("at+qimux=1;+qindi?");
  REQUIRE(two.size() == 2);
  CHECK(two[0].line == "AT+QIMUX=1");
  CHECK(two[1].line == "AT+QINDI?");

  CHECK(explain("AT+NOSUCH=1")[0].meaning == "not a command of these modules: answers ERROR");
  CHECK(explain("AT")[0].kind == "command");
}

TEST_CASE("codes are explained by their values", "[explain]") {
  CHECK(field(explain("+QSSLOPEN: 1,-2")[0], "connectcode").meaning == "the index is in use, or could not be used");
  CHECK(field(explain("+CME ERROR: 3")[0], "cme").meaning == "Operation not allowed");
  CHECK(field(explain("+CME ERROR: Operation not allowed")[0], "cme").meaning == "number 3");
  CHECK(field(explain("+CME ERROR: 9999")[0], "cme").meaning == "not a number of this module");
  CHECK(field(explain("+CREG: 1,\"1878\",\"0873\"")[0], "stat").value == "1");
  CHECK(field(explain("+CREG: 2,1,\"1878\",\"0873\"")[0], "n").value == "2");
  CHECK(field(explain("\r\nSTATE: PDP DEACT\r\n")[0], "state").meaning ==
        "the PDP context was lost; AT+QIDEACT comes next");
  CHECK(explain("2, CONNECT OK")[0].manual == explain("CONNECT OK")[0].manual);
}

TEST_CASE("what the module never says is not explained", "[explain]") {
  CHECK(explain("+CEREG: 0,1").empty());
  CHECK(explain("hello").empty());
  CHECK(explain("").empty());
}
