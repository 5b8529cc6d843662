// SPDX-License-Identifier: Apache-2.0
#include "tests/support/modem_bench.hpp"

#include "tests/support/catch.hpp"

namespace quasimodem::test {

void ModemBench::expect_raw(std::string_view bytes) {
  INFO("output: " << escaped(output_));
  REQUIRE(escaped(std::string_view{output_}.substr(0, bytes.size())) == escaped(bytes));
  output_.erase(0, bytes.size());
}

void ModemBench::expect_nothing() { REQUIRE(escaped(output_) == ""); }

void ModemBench::exchange(std::string_view line, std::initializer_list<std::string_view> answers) {
  INFO("command: " << line);
  send(line);
  for (const auto answer : answers) expect(answer);
  expect_nothing();
}

}  // namespace quasimodem::test
