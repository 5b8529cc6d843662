// SPDX-License-Identifier: Apache-2.0
#include "atcmd/syntax/response_writer.hpp"

#include <string>
#include <utility>

#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;

namespace {

constexpr ErrorTexts kTexts{[](int number) { return std::string_view{number == 10 ? "SIM not inserted" : ""}; },
                            [](int number) { return std::string_view{number == 500 ? "Unknown" : ""}; }};

struct Writer {
  Dialogue dialogue;
  Bytes out;
  ResponseWriter writer{out, dialogue, kTexts};

  std::string text() { return to_text(std::exchange(out, {})); }
};

}  // namespace

TEST_CASE("ATV1: every line stands between line ends", "[response][M66 2.16]") {
  Writer w;
  w.writer.information("+CSQ: 30,0");
  CHECK(w.text() == "\r\n+CSQ: 30,0\r\n");
  w.writer.information(std::vector<std::string>{"a", "b", "c"});
  CHECK(w.text() == "\r\na\r\nb\r\nc\r\n");
  w.writer.result(ResultCode::ok);
  CHECK(w.text() == "\r\nOK\r\n");
  w.writer.result("SEND OK");
  CHECK(w.text() == "\r\nSEND OK\r\n");
}

TEST_CASE("ATV0: text ends with a line end, result codes are digits", "[response][M66 2.16]") {
  Writer w;
  w.dialogue.verbose = 0;
  w.writer.information("+CSQ: 30,0");
  CHECK(w.text() == "+CSQ: 30,0\r\n");
  w.writer.information(std::vector<std::string>{"a", "b"});
  CHECK(w.text() == "a\r\nb\r\n");
  const std::pair<ResultCode, const char*> digits[] = {
      {ResultCode::ok, "0\r"},         {ResultCode::connect, "1\r"},   {ResultCode::ring, "2\r"},
      {ResultCode::no_carrier, "3\r"}, {ResultCode::error, "4\r"},     {ResultCode::no_dialtone, "6\r"},
      {ResultCode::busy, "7\r"},       {ResultCode::no_answer, "8\r"}, {ResultCode::proceeding, "9\r"}};
  for (const auto& [code, digit] : digits) {
    w.writer.result(code);
    CHECK(w.text() == digit);
  }
  w.writer.result("CLOSE OK");
  CHECK(w.text() == "CLOSE OK\r\n");
}

TEST_CASE("the words of all result codes", "[response][M66 2.16]") {
  Writer w;
  const std::pair<ResultCode, const char*> words[] = {
      {ResultCode::connect, "CONNECT"},         {ResultCode::ring, "RING"},
      {ResultCode::no_carrier, "NO CARRIER"},   {ResultCode::error, "ERROR"},
      {ResultCode::no_dialtone, "NO DIALTONE"}, {ResultCode::busy, "BUSY"},
      {ResultCode::no_answer, "NO ANSWER"},     {ResultCode::proceeding, "PROCEEDING"}};
  for (const auto& [code, word] : words) {
    w.writer.result(code);
    CHECK(w.text() == std::string{"\r\n"} + word + "\r\n");
  }
}

TEST_CASE("ATQ1 silences result codes and nothing else", "[response][M66 2.15]") {
  Writer w;
  w.dialogue.quiet = 1;
  w.writer.result(ResultCode::ok);
  w.writer.result("SEND OK");
  w.writer.cme_error(10);
  w.writer.cms_error(500);
  CHECK(w.text().empty());
  w.writer.information("text");
  w.writer.unsolicited("+URC");
  CHECK(w.text() == "\r\ntext\r\n\r\n+URC\r\n");
}

TEST_CASE("line ends are S3 and S4", "[response][M66 15.3]") {
  Writer w;
  w.dialogue.line_terminator = '!';
  w.dialogue.line_feed = '#';
  w.writer.result(ResultCode::ok);
  w.writer.prompt();
  CHECK(w.text() == "!#OK!#!#> ");
}

TEST_CASE("AT+CMEE decides the form of an error", "[response][M66 2.21]") {
  Writer w;
  w.dialogue.error_format = 0;
  w.writer.cme_error(10);
  w.writer.cms_error(500);
  CHECK(w.text() == "\r\nERROR\r\n\r\nERROR\r\n");
  w.dialogue.error_format = 1;
  w.writer.cme_error(10);
  w.writer.cms_error(500);
  CHECK(w.text() == "\r\n+CME ERROR: 10\r\n\r\n+CMS ERROR: 500\r\n");
  w.dialogue.error_format = 2;
  w.writer.cme_error(10);
  w.writer.cms_error(500);
  CHECK(w.text() == "\r\n+CME ERROR: SIM not inserted\r\n\r\n+CMS ERROR: Unknown\r\n");
}

TEST_CASE("an error without words keeps its number with AT+CMEE=2", "[response]") {
  Writer w;
  w.dialogue.error_format = 2;
  w.writer.cme_error(11);
  CHECK(w.text() == "\r\n+CME ERROR: 11\r\n");
}

TEST_CASE("with ATV0 a plain error is a digit, a numbered one keeps its text", "[response][M66 2.16]") {
  Writer w;
  w.dialogue.verbose = 0;
  w.writer.cme_error(10);
  CHECK(w.text() == "+CME ERROR: 10\r\n");
  w.dialogue.error_format = 0;
  w.writer.cme_error(10);
  CHECK(w.text() == "4\r");
}

TEST_CASE("data is followed by exactly one line end and the result", "[response][at-reference 0]") {
  const Bytes data{0x00, 0xFF, '\r', '\n'};
  Writer w;
  w.writer.data("+QIRD: 1,4", data);
  w.writer.result(ResultCode::ok);
  CHECK(escaped(w.text()) == "\\r\\n+QIRD: 1,4\\r\\n\\x00\\xff\\r\\n\\r\\nOK\\r\\n");
  w.dialogue.verbose = 0;
  w.writer.data("+QIRD: 1,4", data);
  w.writer.result(ResultCode::ok);
  CHECK(escaped(w.text()) == "+QIRD: 1,4\\r\\n\\x00\\xff\\r\\n\\r\\n0\\r");
}

TEST_CASE("the prompt has a blank and no line end after it", "[response][M66 11.2]") {
  Writer w;
  w.writer.prompt();
  CHECK(w.text() == "\r\n> ");
  w.writer.bare_line("RECV FROM: 1.2.3.4:80");
  w.writer.raw(as_bytes("abc"));
  CHECK(w.text() == "RECV FROM: 1.2.3.4:80\r\nabc");
}
