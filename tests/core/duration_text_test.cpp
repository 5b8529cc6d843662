// SPDX-License-Identifier: Apache-2.0
#include "core/duration_text.hpp"

#include "tests/support/catch.hpp"

using namespace quasimodem;

TEST_CASE("durations are read with their unit", "[core]") {
  CHECK(parse_duration("15ms") == 15ms);
  CHECK(parse_duration("2.8s") == 2800ms);
  CHECK(parse_duration("20min") == 20min);
  CHECK(parse_duration("24h") == 24h);
  CHECK(parse_duration("40us") == 40us);
  for (const auto* wrong : {"", "s", ".", "1.2.3s", "-1s", "1 s", "1S", "1e3s", "99999999999h", "99999999999", "5m",
                            "5sec", "1e30s", "nan", "inf"}) {
    INFO(wrong);
    CHECK_FALSE(parse_duration(wrong));
  }
}

TEST_CASE("a number without a unit is seconds", "[core]") {
  CHECK(parse_duration("0") == 0s);
  CHECK(parse_duration("5") == 5s);
  CHECK(parse_duration("1.5") == 1500ms);
  CHECK(parse_duration(".25") == 250ms);
}

TEST_CASE("a duration is written as it is read", "[core]") {
  for (const auto duration :
       {Duration{0}, Duration{40us}, Duration{15ms}, Duration{90s}, Duration{2800ms}, Duration{20min}, Duration{24h},
        Duration{1500us}, Duration{1234567us}, Duration{3723123456us}}) {
    INFO(duration_text(duration));
    CHECK(parse_duration(duration_text(duration)) == duration);
  }
  CHECK(duration_text(90s) == "90s");
  CHECK(duration_text(20min) == "20min");
  CHECK(duration_text(2800ms) == "2800ms");
  CHECK(duration_text(Duration{1'234'567'891}) == "1234568us");
}
