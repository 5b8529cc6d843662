// SPDX-License-Identifier: Apache-2.0
#include "net/endpoint.hpp"

#include "net/net_error.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem::net;

TEST_CASE("an address is four decimal parts and nothing else", "[net]") {
  CHECK(IpAddress::parse("116.247.104.27") == IpAddress{{116, 247, 104, 27}});
  CHECK(IpAddress::parse("0.0.0.0") == IpAddress{});
  CHECK(IpAddress::parse("255.255.255.255") == IpAddress{{255, 255, 255, 255}});
  CHECK(IpAddress::parse("010.001.083.188") == IpAddress{{10, 1, 83, 188}});
  for (const auto* text :
       {"", "1", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1", "1.2.3.1000", "0x1.2.3.4",
        "1.2.3.-4", "1.2.3.+4", " 1.2.3.4", "1.2.3.4 ", "1. 2.3.4", "1..2.3", "a.b.c.d", "0001.2.3.4"}) {
    CAPTURE(text);
    CHECK_FALSE(IpAddress::parse(text));
  }
}

TEST_CASE("addresses and end points print as the manual writes them", "[net]") {
  CHECK(IpAddress{{10, 1, 83, 188}}.text() == "10.1.83.188");
  CHECK(Endpoint{{{116, 247, 104, 27}}, 465}.text() == "116.247.104.27:465");
}

TEST_CASE("every error has a description", "[net]") {
  for (int i = 0; i <= static_cast<int>(NetError::no_resources); ++i) {
    CHECK_FALSE(describe(static_cast<NetError>(i)).empty());
    CHECK(describe(static_cast<NetError>(i)) != "unknown");
  }
}
