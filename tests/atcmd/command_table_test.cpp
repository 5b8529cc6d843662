// SPDX-License-Identifier: Apache-2.0
#include "atcmd/table/command_table.hpp"

#include <array>
#include <string>

#include <fmt/format.h>

#include "tests/atcmd/channel_bench.hpp"
#include "tests/support/command_reference.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;
using quasimodem::atcmd::testing::ModelName;
using quasimodem::atcmd::testing::reference_page;

namespace {

struct Open {
  int ssid = 0;
  std::string host;
  int timeout = 0;
};
constexpr std::array kOpen{integer<&Open::ssid>("ssid", 0, 5), text<&Open::host>("host", 1, 20),
                           integer<&Open::timeout>("timeout", 10, 300).optional(90)};

Reply open(Call& call, const Open& args) {
  call.respond(fmt::format("{} {} {}", args.ssid, args.host, args.timeout));
  return Reply::ok();
}
Reply as_typed(Call& call, const std::vector<Argument>& arguments) {
  call.respond(std::to_string(arguments.size()));
  return Reply::ok();
}
Reply read(Call& call) {
  call.respond("read");
  return Reply::ok();
}
Reply execute(Call& call) {
  call.respond("executed");
  return Reply::ok();
}
Reply tested(Call& call) {
  call.respond("tested");
  return Reply::ok();
}

Reply upload(Call& call) {
  return call.data_mode({.length = 3, .timeout = 1s}, [](Call&, const IntakeOutcome&) { return Reply::ok(); });
}
Reply ask(Call& call) {
  return call.prompt({.length = 3}, [](Call&, const IntakeOutcome&) { return Reply::ok(); });
}
Reply choose(const Selector& selector, Call& call, std::span<const Argument> values) {
  call.respond(fmt::format("{} {}", selector.name, values.size()));
  return values.empty() || takes(selector.value, values[0]) ? Reply::ok() : Reply::error();
}
constexpr Meaning kLevels[] = {{0, "nobody"}, {1, "a <server>"}};
constexpr Selector kSelectors[] = {{"level", choice("level", kLevels), false, &choose}};
constexpr std::array kSelected{text("type", 1, 9), integer("value", 0, 9).optional()};
constexpr Line kLines[] = {{"+SELECT: <a>[,<b>]", Line::urc, "it was <selected>"}};

constexpr std::array kFirst{
    Command{.name = "+ALL",
            .summary = "All forms",
            .manual = "M 1",
            .write = write<&open>(kOpen),
            .read = plain<&read>(),
            .execution = plain<&execute>()},
    Command{.name = "+WRITE", .manual = "M 2", .write = write<&open>(kOpen).ignores_more()},
    Command{.name = "+READ", .manual = "M 3", .confidence = Confidence::seen, .read = answers_ok()},
    Command{.name = "+EXEC",
            .manual = "M 4",
            .confidence = Confidence::inferred,
            .execution = plain<&execute>(),
            .invalid_parameter = 3,
            .models = 0b10},
    Command{.name = "+TYPED", .write = write_as_typed<&as_typed>(), .test = plain<&tested>()},
    Command{.name = "+SELECT",
            .summary = "Select",
            .write = write_selected(kSelected, kSelectors),
            .lines = kLines,
            .invalid_parameter = 3},
    Command{.name = "+ODD", .write = write<&open>(kOpen), .test_text = " as the manual has it"},
    Command{.name = "&X", .write = write<&open>(kOpen)},
    Command{.name = "S9", .write = write<&open>(kOpen), .read = answers_ok()},
};
static_assert(names_are_unique(kFirst));
constexpr std::array kTwice{Command{.name = "+A"}, Command{.name = "+B"}, Command{.name = "+A"}};
static_assert(!names_are_unique(kTwice));

constexpr std::array kFamilies{Family{"First", kFirst}};

/// What a module with this table answers to one command, without line ends.
struct Table {
  CommandTable table;
  test::ChannelBench bench;

  explicit Table(std::uint32_t model = 0b10) : table{kFamilies, model} {}

  std::string answer(std::string body) {
    CommandLineReader reader{std::move(body)};
    const auto typed = reader.next();
    REQUIRE(typed);
    Call call{*bench.channel};
    const auto reply = table.run(call, *typed);
    auto text = bench.take();
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    if (const auto* code = std::get_if<Reply::Code>(&reply.value())) {
      return text + (code->code == ResultCode::ok ? "|OK" : "|ERROR");
    }
    return fmt::format("{}|CME {}", text, std::get<Reply::CmeError>(reply.value()).number);
  }
};

}  // namespace

TEST_CASE("each form runs its own handler", "[command table]") {
  Table table;
  CHECK(table.answer("+ALL=1,\"h\"") == "1 h 90|OK");
  CHECK(table.answer("+ALL=1,h,10") == "1 h 10|OK");
  CHECK(table.answer("+ALL?") == "read|OK");
  CHECK(table.answer("+ALL") == "executed|OK");
  CHECK(table.answer("+TYPED=1,,2,\"\"") == "4|OK");
  CHECK(table.answer("+READ?") == "|OK");
}

TEST_CASE("the first parameter of a selector says what the others are", "[command table]") {
  Table table;
  CHECK(table.answer("+SELECT=\"level\"") == "level 0|OK");
  CHECK(table.answer("+SELECT=\"LEVEL\",1") == "level 1|OK");
  CHECK(table.answer("+SELECT=level,2") == "level 1|ERROR");
  CHECK(table.answer("+SELECT=\"levels\",1") == "|CME 3");
  CHECK(table.answer("+SELECT=") == "|CME 3");
  const auto page = reference_page(kFamilies, {});
  CHECK(page.find("| Select<br>`+SELECT: <a>[,<b>]` it was \\<selected> |") != std::string::npos);
  CHECK(page.find("\"level\" 0–1: 0 = nobody · 1 = a \\<server> |") != std::string::npos);
}

TEST_CASE("a form that the command does not have is an error", "[command table]") {
  Table table;
  CHECK(table.answer("+WRITE?") == "|ERROR");
  CHECK(table.answer("+WRITE") == "|ERROR");
  CHECK(table.answer("+READ") == "|ERROR");
  CHECK(table.answer("+READ=1") == "|ERROR");
  CHECK(table.answer("+EXEC?") == "|CME 3");
  CHECK(table.answer("+EXEC=1") == "|CME 3");
}

TEST_CASE("an unknown command is a plain error in every form", "[command table]") {
  Table table;
  for (const auto* body : {"+NONE", "+NONE?", "+NONE=?", "+NONE=1", "+AL", "+ALLL", "N"}) {
    INFO(body);
    CHECK(table.answer(body) == "|ERROR");
  }
}

TEST_CASE("a command gets no payload that its entry does not tell of: it might be a key", "[command table]") {
  static constexpr std::array kTaking{
      Command{.name = "+TOLD", .execution = plain<&upload>(), .payload = Payload{}},
      Command{.name = "+KEPT", .read = plain<&ask>(), .execution = plain<&upload>()},
  };
  const Family families[] = {{"Taking", kTaking}};
  const CommandTable table{families, 1};
  test::ChannelBench bench;
  Call call{*bench.channel};
  const auto takes = [&](const char* name, CommandForm form) {
    const auto reply = table.run(call, {.name = name, .form = form, .arguments = {}});
    return std::holds_alternative<Reply::Intake>(reply.value());
  };
  CHECK(takes("+TOLD", CommandForm::execution));
  CHECK(!takes("+KEPT", CommandForm::execution));
  CHECK(!takes("+KEPT", CommandForm::read));
}

TEST_CASE("bad parameters never get to the handler", "[command table]") {
  Table table;
  for (const auto* body : {"+ALL=", "+ALL=6,h", "+ALL=1", "+ALL=1,", "+ALL=1,\"\"", "+ALL=1,h,9", "+ALL=1,h,301",
                           "+ALL=x,h", "+ALL=1,h,10,0"}) {
    INFO(body);
    CHECK(table.answer(body) == "|ERROR");
  }
  CHECK(table.answer("+WRITE=1,h,10,0,x") == "1 h 10|OK");
}

TEST_CASE("the test form is made from the write form, or as the entry says", "[command table]") {
  Table table;
  CHECK(table.answer("+ALL=?") == "+ALL: <ssid>,<host>[,<timeout>]|OK");
  CHECK(table.answer("+EXEC=?") == "|OK");
  CHECK(table.answer("+READ=?") == "|OK");
  CHECK(table.answer("+TYPED=?") == "tested|OK");
  CHECK(table.answer("+ODD=?") == "+ODD: as the manual has it|OK");
}

TEST_CASE("a module has only its own commands", "[command table]") {
  Table other{0b01};
  CHECK(other.answer("+EXEC") == "|ERROR");
  CHECK(other.answer("+ALL?") == "read|OK");
  CHECK(other.table.find("+EXEC") == nullptr);
  CHECK(other.table.find("+ALL")->summary == "All forms");
}

TEST_CASE("a module that came later has what names it, and its sibling's commands when it is asked for both",
          "[command table]") {
  constexpr std::uint32_t later = kFirstModels + 1;
  CHECK(Table{later}.answer("+ALL?") == "|ERROR");
  CHECK(Table{later | 0b10}.answer("+ALL?") == "read|OK");
  constexpr std::array models{ModelName{0b01, "M10"}, ModelName{0b10, "M95"}, ModelName{later, "M26"},
                              ModelName{later << 1U, "MC60", 0b10}};
  const auto page = reference_page(kFamilies, models);
  INFO(page);
  CHECK(page.find("| M 3 | seen | M10, M95 (MC60) |\n") != std::string::npos);
  CHECK(page.find("| M 4 | inferred | M95 (MC60) |\n") != std::string::npos);
}

TEST_CASE("the reference page shows forms, ranges, source and modules", "[command table]") {
  constexpr std::array models{ModelName{0b01, "M10"}, ModelName{0b10, "M95"}};
  const auto page = reference_page(kFamilies, models);
  const auto has = [&](std::string_view row) { return page.find(row) != std::string::npos; };
  INFO(page);
  CHECK(has("\n## First\n"));
  CHECK(
      has("| `AT+ALL=<ssid>,<host>[,<timeout>]`<br>`AT+ALL?`<br>`AT+ALL` | All forms | *ssid* 0–5<br>*host* 1–20 "
          "characters<br>*timeout* 10–300, default 90 | M 1 | documented | all |\n"));
  CHECK(has("| `AT+READ?` |  |  | M 3 | seen | all |\n"));
  CHECK(has("| `AT+EXEC` |  |  | M 4 | inferred | M95 |\n"));
  CHECK(has("| `AT+TYPED=…` |"));
  CHECK(has("| `AT&X<ssid>,<host>[,<timeout>]` |"));
  CHECK(has("| `ATS9=<ssid>,<host>[,<timeout>]`<br>`ATS9?` |"));
}
