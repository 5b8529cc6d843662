// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <fmt/core.h>

#include "emulator/app/cli/explain/suggestions.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem::app;

namespace {

/// Counts the searches, which are what takes long.
struct Counted {
  std::size_t searches = 0;
  Suggestions suggestions{[this](const std::string& name) {
    ++searches;
    return "like " + name;
  }};
};

}  // namespace

TEST_CASE("a suggestion is looked for by the name that a line begins with", "[app][explain]") {
  Counted counted;
  CHECK(counted.suggestions.for_text("+QSLOPEN: 1,0") == "like +QSLOPEN");
  CHECK(counted.suggestions.for_text("QSLOPEN") == "like QSLOPEN");
  CHECK(counted.suggestions.for_log_line("+QSLOPEN=1") == "like +QSLOPEN");
  CHECK(counted.suggestions.for_log_line("At+QSLOPEN?") == "like At+QSLOPEN");
}

TEST_CASE("in a log nothing is looked for that resembles no command", "[app][explain]") {
  Counted counted;
  for (int i = 0; i < 2000; ++i) {
    CHECK(counted.suggestions.for_log_line(fmt::format("zzzzzz{}", i)).empty());
    CHECK(counted.suggestions.for_log_line(fmt::format("+{:0>60}", i)).empty());
  }
  for (const auto* line : {"", "a", "t+", "QSLOPEN: 1", "< +QSLOPEN: 1"})
    CHECK(counted.suggestions.for_log_line(line).empty());
  CHECK(counted.searches == 0);
}

TEST_CASE("in a log each name is looked for once", "[app][explain]") {
  Counted counted;
  for (int i = 0; i < 2000; ++i) CHECK(counted.suggestions.for_log_line(fmt::format("+CEREG: {}", i)) == "like +CEREG");
  CHECK(counted.searches == 1);
}

TEST_CASE("in a log only so many names are looked for", "[app][explain]") {
  Counted counted;
  for (int i = 0; i < 2000; ++i) counted.suggestions.for_log_line(fmt::format("+ZZ{}: 1", i));
  CHECK(counted.searches == Suggestions::kMostSearches);
  CHECK(counted.suggestions.for_log_line("+ZZ0: 2") == "like +ZZ0");
  CHECK(counted.suggestions.for_log_line("+NEW: 1").empty());
}
