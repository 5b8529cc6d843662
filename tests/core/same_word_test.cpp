// SPDX-License-Identifier: Apache-2.0
#include "core/same_word.hpp"

#include "tests/support/catch.hpp"

using quasimodem::same_word;

TEST_CASE("a word is the same in any case, and only as a whole", "[same_word]") {
  CHECK(same_word("m95", "M95"));
  CHECK(same_word("SEND OK", "send ok"));
  CHECK(same_word("", ""));
  CHECK_FALSE(same_word("m95", "m9"));
  CHECK_FALSE(same_word("m9", "m95"));
  CHECK_FALSE(same_word("m95", "m85"));
}
