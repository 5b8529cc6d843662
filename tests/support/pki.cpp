// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pki.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/catch.hpp"

namespace quasimodem::test {
namespace {

std::string pki_folder() {
  if (const char* folder = std::getenv("QUASIMODEM_TEST_CERTS")) return folder;
#if defined(QUASIMODEM_TEST_CERTS)
  return QUASIMODEM_TEST_CERTS;
#else
  return "tests/certs/pki";
#endif
}

}  // namespace

Bytes pki(std::string_view name) {
  const auto path = pki_folder() + "/" + std::string{name};
  std::ifstream stream{path, std::ios::binary};
  if (!stream) FAIL("cannot read " << path << ": run tools/make_certs or set QUASIMODEM_TEST_CERTS");
  return Bytes(std::istreambuf_iterator<char>{stream}, {});
}

std::uint16_t expected_checksum(ByteSpan content) {
  Bytes padded{content.begin(), content.end()};
  if (padded.size() % 2 == 1) padded.push_back(0);
  std::uint16_t sum = 0;
  for (auto word = padded.begin(); word != padded.end(); word += 2) {
    sum = static_cast<std::uint16_t>(sum ^ (word[0] * 256 + word[1]));
  }
  return sum;
}

}  // namespace quasimodem::test
