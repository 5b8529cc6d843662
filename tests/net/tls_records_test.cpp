// SPDX-License-Identifier: Apache-2.0
#include "net/faults/tls_records.hpp"

#include <string>

#include <fmt/core.h>

#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net;

namespace {

/// `<type><opens?><ends?>` for every part of the stream, cut into pieces of this size.
std::string parts(const Bytes& stream, std::size_t piece) {
  TlsRecords records;
  std::string text;
  for (ByteSpan rest{stream}; !rest.empty();) {
    auto now = rest.first(std::min(piece, rest.size()));
    rest = rest.subspan(now.size());
    while (!now.empty()) {
      const auto part = records.next(now);
      if (part.opens || part.ends)
        text += fmt::format("{}{}{} ", part.type, part.opens ? "(" : "", part.ends ? ")" : "");
    }
  }
  return text + (records.valid() ? "tls" : "other");
}

const Bytes kTwo{0x16, 3, 1, 0, 2, 1, 2, 0x17, 3, 3, 0, 3, 9, 9, 9};

}  // namespace

TEST_CASE("records are found in one piece and byte by byte", "[net][fault]") {
  CHECK(parts(kTwo, 100) == "22() 23() tls");
  CHECK(parts(kTwo, 1) == "22( 22) 23( 23) tls");
  CHECK(parts(kTwo, 9) == "22() 23() tls");
}

TEST_CASE("an empty record is one", "[net][fault]") {
  CHECK(parts({0x17, 3, 1, 0, 0, 0x17, 3, 1, 0, 1, 7}, 100) == "23() 23() tls");
  CHECK(parts({0x17, 3, 1, 0, 0}, 1) == "23() tls");
}

TEST_CASE("what is no record is not taken for one", "[net][fault]") {
  CHECK(parts({0x17, 'h', 'i'}, 100) == "other");
  CHECK(parts({'h', 'i'}, 1) == "other");
  CHECK(parts({0x17, 3, 1, 0xFF, 0xFF}, 1) == "other");
}
