// SPDX-License-Identifier: Apache-2.0
#include "core/big_endian.hpp"

#include "core/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;

TEST_CASE("the highest byte of a number comes first", "[big_endian]") {
  CHECK(to_be(std::uint8_t{0xAB}) == std::array<std::uint8_t, 1>{0xAB});
  CHECK(to_be(std::uint16_t{0x8001}) == std::array<std::uint8_t, 2>{0x80, 0x01});
  CHECK(to_be(std::uint32_t{0xFE010203}) == std::array<std::uint8_t, 4>{0xFE, 0x01, 0x02, 0x03});
  CHECK(to_be(std::uint64_t{0x8102030405060708}) ==
        std::array<std::uint8_t, 8>{0x81, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08});
}

TEST_CASE("a number is written over the first bytes and read from them, and nothing beyond is touched",
          "[big_endian]") {
  Bytes bytes(6, 0xEE);
  put_be(std::span{bytes}.subspan(1), std::uint32_t{0xFE010203});
  CHECK(bytes == Bytes{0xEE, 0xFE, 0x01, 0x02, 0x03, 0xEE});
  CHECK(get_be<std::uint32_t>(ByteSpan{bytes}.subspan(1)) == 0xFE010203);
  CHECK(get_be<std::uint16_t>(bytes) == 0xEEFE);
}

TEST_CASE("every number of two bytes is read as it was written", "[big_endian]") {
  for (unsigned number = 0; number <= 0xFFFF; ++number) {
    REQUIRE(get_be<std::uint16_t>(to_be(static_cast<std::uint16_t>(number))) == number);
  }
}

TEST_CASE("numbers can be known to the compiler", "[big_endian]") {
  static_assert(get_be<std::uint32_t>(to_be(0xFFFFFFFFU)) == 0xFFFFFFFFU);
  static_assert(get_be<std::uint64_t>(to_be(std::uint64_t{1} << 63U)) == std::uint64_t{1} << 63U);
}
