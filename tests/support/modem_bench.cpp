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

std::size_t count(std::string_view text, std::string_view words) {
  std::size_t found = 0;
  for (auto at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) ++found;
  return found;
}

}  // namespace quasimodem::test
