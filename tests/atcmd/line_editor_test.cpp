// SPDX-License-Identifier: Apache-2.0
#include "atcmd/channel/line_editor.hpp"

#include <string>
#include <string_view>

#include "tests/support/catch.hpp"

using namespace quasimodem::atcmd;

namespace {

struct Editor {
  Dialogue dialogue;
  LineEditor editor{dialogue};

  LineEditor::Event type(std::string_view bytes) {
    auto event = LineEditor::Event::none;
    for (const char c : bytes) {
      REQUIRE(event == LineEditor::Event::none);
      event = editor.push(static_cast<std::uint8_t>(c));
    }
    return event;
  }
};

using Event = LineEditor::Event;

}  // namespace

TEST_CASE("a line that begins with AT or at is a command", "[line editor][M66 1.2]") {
  for (const auto* prefix : {"AT", "at"}) {
    Editor line;
    CHECK(line.type(std::string{prefix} + "+GSN\r") == Event::command);
    CHECK(line.editor.take_body() == "+GSN");
    CHECK(line.editor.idle());
  }
}

TEST_CASE("any other line is noise", "[line editor][M66 1.2]") {
  for (const auto* text : {"At\r", "aT\r", "A\r", "T\r", "hello\r", "+GSN\r", "\r", " \r", "XAT\r", "1\r"}) {
    Editor line;
    INFO(text);
    CHECK(line.type(text) == Event::noise);
    CHECK(line.editor.idle());
  }
}

TEST_CASE("what comes before the first letter or digit is not part of the line", "[line editor]") {
  Editor line;
  CHECK(line.type("+++ \x80\xFF~AT+X\r") == Event::command);
  CHECK(line.editor.take_body() == "+X");
}

TEST_CASE("control characters inside a line are dropped", "[line editor]") {
  Editor line;
  using namespace std::string_view_literals;
  CHECK(line.type("\x1b\x1a"
                  "A\0T+\nG\x7fS\tN\r"sv) == Event::command);
  CHECK(line.editor.take_body() == "+GSN");
}

TEST_CASE("bytes above ASCII stay in the line", "[line editor]") {
  Editor line;
  line.type("AT+X=\"\xE4\"\r");
  CHECK(line.editor.take_body() == "+X=\"\xE4\"");
}

TEST_CASE("backspace takes the last character back", "[line editor][M66 15.5]") {
  Editor line;
  CHECK(line.type("\b\bAR\bT+GX\bSN\r") == Event::command);
  CHECK(line.editor.take_body() == "+GSN");
  CHECK(line.type("AT\b\b\b\r") == Event::noise);
}

TEST_CASE("backspace is S5 and the terminator S3", "[line editor][M66 15]") {
  Editor line;
  line.dialogue.backspace = '#';
  line.dialogue.line_terminator = '!';
  CHECK(line.type("ATX#Y\r!") == Event::command);
  CHECK(line.editor.take_body() == "Y");
}

TEST_CASE("a line of 256 characters is taken, one of 257 is too long", "[line editor][M66 1.2.1]") {
  Editor line;
  CHECK(line.type(std::string(256, 'A').replace(1, 1, "T") + "\r") == Event::command);
  CHECK(line.editor.take_body().size() == 254);
  CHECK(line.type("AT" + std::string(255, 'x') + "\r") == Event::too_long);
  CHECK(line.editor.idle());
  CHECK(line.type("AT\r") == Event::command);
}

TEST_CASE("a line stays too long when characters are taken back", "[line editor][M66 1.2.1]") {
  Editor line;
  CHECK(line.type("AT" + std::string(300, 'x') + std::string(100, '\b') + "\r") == Event::too_long);
}

TEST_CASE("a long line without AT is noise, not an error", "[line editor]") {
  Editor line;
  CHECK(line.type(std::string(100'000, 'x') + "\r") == Event::noise);
}

TEST_CASE("A/ repeats at once, without a terminator", "[line editor][M66 15.1]") {
  for (const auto* text : {"A/", "a/"}) {
    Editor line;
    CHECK(line.type(text) == Event::repeat);
    CHECK(line.editor.idle());
  }
  Editor line;
  CHECK(line.type("AT/\r") == Event::command);
}

TEST_CASE("a line is idle until something that counts was typed", "[line editor]") {
  Editor line;
  CHECK(line.editor.idle());
  line.type("+++\x1b\x1a \n");
  CHECK(line.editor.idle());
  line.type("A");
  CHECK(!line.editor.idle());
  line.editor.clear();
  CHECK(line.editor.idle());
}
