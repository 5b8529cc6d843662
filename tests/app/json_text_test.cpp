// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/json.hpp"
#include "tests/support/catch.hpp"

using quasimodem::app::json_string;

TEST_CASE("a JSON string escapes what it must and nothing else", "[app]") {
  CHECK(json_string("") == R"("")");
  CHECK(json_string("/tmp/m95") == R"("/tmp/m95")");
  CHECK(json_string("say \"hi\" \\ bye") == R"("say \"hi\" \\ bye")");
  CHECK(json_string("a\r\n\tb\x01\x7F") == "\"a\\u000d\\u000a\\u0009b\\u0001\x7F\"");
  CHECK(json_string("Gänse \xE2\x82\xAC \xF0\x9F\xA6\x86") == "\"Gänse \xE2\x82\xAC \xF0\x9F\xA6\x86\"");
  CHECK(json_string(std::string_view{"\0", 1}) == R"("\u0000")");
}

TEST_CASE("what is not UTF-8 is replaced byte by byte", "[app]") {
  const std::string replacement = "\xEF\xBF\xBD";
  const auto replaced = [&](std::size_t count) {
    std::string text = "\"";
    for (std::size_t i = 0; i < count; ++i) text += replacement;
    return text + "\"";
  };
  CHECK(json_string("\xFF") == replaced(1));
  CHECK(json_string("\x80") == replaced(1));
  CHECK(json_string("\xC3") == replaced(1));              // cut off
  CHECK(json_string("\xC0\x80") == replaced(2));          // longer than needed
  CHECK(json_string("\xE0\x80\x80") == replaced(3));      // longer than needed
  CHECK(json_string("\xED\xA0\x80") == replaced(3));      // half of a surrogate pair
  CHECK(json_string("\xF4\x90\x80\x80") == replaced(4));  // above U+10FFFF
  CHECK(json_string("\xC3(") == "\"" + replacement + "(\"");
}
