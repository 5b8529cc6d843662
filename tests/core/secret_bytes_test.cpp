// SPDX-License-Identifier: Apache-2.0
#include "core/secret_bytes.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace quasimodem;

TEST_CASE("what is taken from the front of secret bytes stays nowhere behind their end", "[core]") {
  const std::size_t count = GENERATE(0U, 1U, 5U, 9U, 10U);
  SecretBytes bytes;
  append(bytes, as_bytes("0123456789"));
  const auto* memory = bytes.data();
  drop_front(bytes, count);
  CHECK(as_text(bytes) == std::string_view{"0123456789"}.substr(count));
  CHECK(bytes.data() == memory);
  CHECK(std::all_of(memory + bytes.size(), memory + 10, [](auto byte) { return byte == 0; }));
}
