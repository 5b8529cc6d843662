// SPDX-License-Identifier: Apache-2.0
#include "tls/base64.hpp"

#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::tls;

TEST_CASE("the test vectors of RFC 4648 10", "[tls][base64]") {
  const auto [octets, text] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                        {"f", "Zg=="},
                                                                        {"fo", "Zm8="},
                                                                        {"foo", "Zm9v"},
                                                                        {"foob", "Zm9vYg=="},
                                                                        {"fooba", "Zm9vYmE="},
                                                                        {"foobar", "Zm9vYmFy"}}));
  CHECK(base64(as_bytes(octets)) == text);
  CHECK(from_base64(text) == to_bytes(octets));
}

TEST_CASE("octets of every value come back", "[tls][base64]") {
  Bytes octets;
  for (int i = 0; i < 3000; ++i) {
    CHECK(from_base64(base64(octets)) == octets);
    octets.push_back(static_cast<std::uint8_t>(i * 31 + i / 256));
  }
  CHECK(base64(Bytes{0xFB, 0xFF, 0x00}) == "+/8A");
}

TEST_CASE("line ends are no part of base64, anything else makes it none", "[tls][base64]") {
  CHECK(from_base64("Zm9v\r\nYmFy\r\n") == to_bytes("foobar"));
  for (const auto* text : {"Z", "Zg", "Zg=", "Zg===", "Z=g=", "Zm9v!mFy", "Zm9\xFF", "===="}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64(text));
  }
}
