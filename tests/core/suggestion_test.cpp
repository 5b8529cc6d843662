// SPDX-License-Identifier: Apache-2.0
#include "core/suggestion.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace quasimodem;

TEST_CASE("the nearest candidate is the first of those with the fewest changes", "[core]") {
  const std::vector<std::string> candidates{"AT+QIOPEN", "AT+QICLOSE", "AT+QSSLOPEN", "AT+QISEND"};
  CHECK(nearest("AT+QSLOPEN", candidates) == "AT+QSSLOPEN");
  CHECK(nearest("AT+QIPOEN", candidates) == "AT+QIOPEN");
  CHECK(nearest("AT+QISEND", candidates) == "AT+QISEND");
  CHECK(nearest("hello", candidates) == std::nullopt);
  CHECK(nearest("", candidates) == std::nullopt);
  CHECK(nearest("ab", std::vector<std::string>{"b", "a"}) == "b");
  CHECK(nearest("x", {}) == std::nullopt);
}

TEST_CASE("a word that is much longer than all candidates is compared with none", "[core]") {
  // Comparing takes its length times theirs: hours.
  const std::vector<std::string> candidates(300, "AT+QSSLOPEN");
  CHECK(nearest(std::string(1 << 24, 'x'), candidates) == std::nullopt);
}
