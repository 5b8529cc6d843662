// SPDX-License-Identifier: Apache-2.0
#include "core/bytes.hpp"

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;

TEST_CASE("escaped text shows what a terminal cannot", "[bytes]") {
  CHECK(escaped("AT\r\n") == "AT\\r\\n");
  CHECK(escaped(std::string_view{"\0\x1a\x7f\xff ~", 6}) == "\\x00\\x1a\\x7f\\xff ~");
  CHECK(escaped("C:\\new") == "C:\\\\new");
  CHECK(escaped("") == "");
}

TEST_CASE("unescaping gives the bytes back, whatever they are", "[bytes]") {
  SeededRandom random{7};
  Bytes every(256);
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = static_cast<std::uint8_t>(i);
  CHECK(unescaped(escaped(every)) == every);
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes(random.next() % 12);
    random.fill(bytes);
    // Backslashes and letters that escapes use, more often than chance would have them.
    for (auto& byte : bytes) byte = random.next() % 3 ? byte : static_cast<std::uint8_t>("\\rnx0a"[byte % 6]);
    INFO(escaped(bytes));
    REQUIRE(unescaped(escaped(bytes)) == bytes);
  }
}

TEST_CASE("hexadecimal digits of an escape may be of either case", "[bytes]") {
  CHECK(unescaped("\\x0A\\xfF") == Bytes{0x0A, 0xFF});
}

TEST_CASE("a backslash that starts no escape stands for itself", "[bytes]") {
  CHECK(to_text(unescaped("a\\b")) == "a\\b");
  CHECK(to_text(unescaped("\\")) == "\\");
  CHECK(to_text(unescaped("\\x")) == "\\x");
  CHECK(to_text(unescaped("\\x1")) == "\\x1");
  CHECK(to_text(unescaped("\\xg1")) == "\\xg1");
}

TEST_CASE("text and bytes are two views of the same octets", "[bytes]") {
  const std::string text = "a\xE4\0b";
  CHECK(to_text(to_bytes(text)) == text);
  CHECK(as_text(as_bytes(text)) == text);
  auto bytes = to_bytes("ab");
  append(bytes, "cd");
  append(bytes, ByteSpan{bytes}.first(0));
  CHECK(to_text(bytes) == "abcd");
}
