// SPDX-License-Identifier: Apache-2.0
#include "net/bearer_rules.hpp"

#include "tests/support/catch.hpp"

using namespace quasimodem::net;

TEST_CASE("--allow takes HOST or HOST:PORT", "[net][host]") {
  const auto host = HostPort::parse("broker.example").value();
  CHECK(host.host == "broker.example");
  CHECK_FALSE(host.port);
  const auto port = HostPort::parse("10.0.0.1:8883").value();
  CHECK(port.host == "10.0.0.1");
  CHECK(port.port == 8883);
  CHECK(HostPort::parse("h:1")->port == 1);
  CHECK(HostPort::parse("h:65535")->port == 65535);
  for (const auto* text : {"", ":1", "h:", "h:0", "h:65536", "h:-1", "h:1x", "h:1:2", "h: 1", "a b", "a=b", "http://h",
                           "h/x", "[::1]:80"}) {
    CAPTURE(text);
    CHECK_FALSE(HostPort::parse(text));
    CHECK_FALSE(HostPort::parse(text).error().empty());
  }
}

TEST_CASE("--map takes HOST[:PORT]=HOST:PORT", "[net][host]") {
  const auto mapping = HostMapping::parse("116.247.104.27:465=127.0.0.1:44330").value();
  CHECK(mapping.from.host == "116.247.104.27");
  CHECK(mapping.from.port == 465);
  CHECK(mapping.to_host == "127.0.0.1");
  CHECK(mapping.to_port == 44330);
  CHECK_FALSE(HostMapping::parse("example.test=localhost:1")->from.port);
  for (const auto* text : {"", "=", "a", "a=b", "a:1=b", "=b:1", "a:x=b:1", "a=b:1=c:2", "a=:1"}) {
    CAPTURE(text);
    CHECK_FALSE(HostMapping::parse(text));
    CHECK_FALSE(HostMapping::parse(text).error().empty());
  }
}

TEST_CASE("hosts compare without case and final dot", "[net][host]") {
  const HostPort everywhere{"Example.Test", {}};
  CHECK(everywhere.covers("example.test.", 1));
  CHECK_FALSE(everywhere.covers("www.example.test", 1));
  const HostPort one_port{"example.test.", 443};
  CHECK(one_port.covers("EXAMPLE.TEST", 443));
  CHECK_FALSE(one_port.covers("EXAMPLE.TEST", 80));
  CHECK(one_port.names("EXAMPLE.TEST"));
}
