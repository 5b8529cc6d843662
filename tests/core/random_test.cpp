// SPDX-License-Identifier: Apache-2.0
#include "core/random.hpp"

#include <string>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;

namespace {

Bytes drawn(std::uint64_t seed, std::size_t count) {
  SeededRandom random{seed};
  Bytes bytes(count);
  random.fill(bytes);
  return bytes;
}

}  // namespace

TEST_CASE("equal seeds give equal octets, other seeds others", "[random]") {
  CHECK(drawn(1, 61) == drawn(1, 61));
  CHECK(drawn(1, 61) != drawn(2, 61));
  CHECK(drawn(1, 0).empty());
}

TEST_CASE("a seed gives the published numbers of SplitMix64", "[random]") {
  SeededRandom random{1234567};
  CHECK(random.next() == 6457827717110365317U);
  CHECK(random.next() == 3203168211198807973U);
}

TEST_CASE("a logger without a sink drops everything, one with a sink says who speaks", "[log]") {
  struct Sink final : LogSink {
    std::string text;
    bool wants(LogLevel level) const override { return level != LogLevel::debug; }
    void write(LogLevel, std::string_view who, std::string_view message) override {
      text += fmt::format("{}: {}\n", who, message);
    }
  };
  Logger{}.part("tls").error("nobody hears {}", 1);
  Sink sink;
  const Logger log{sink, "m95"};
  log.debug("not wanted");
  log.info("a {}", 1);
  log.part("tls").warning("b");
  log.error("c");
  CHECK(sink.text == "m95: a 1\nm95.tls: b\nm95: c\n");
}
