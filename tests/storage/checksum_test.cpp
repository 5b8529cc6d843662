// SPDX-License-Identifier: Apache-2.0
#include "storage/checksum.hpp"

#include <filesystem>

#include <fmt/core.h>

#include "tests/storage/temporary_directory.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::storage;

namespace {

std::string printed(ByteSpan content) { return fmt::format("{:x}", checksum(content)); }
std::string printed(std::string_view content) { return printed(as_bytes(content)); }

}  // namespace

TEST_CASE("the published small checksums", "[storage][at-reference 3.9]") {
  CHECK(printed("A") == "4100");
  CHECK(printed("AB") == "4142");
  CHECK(printed("ABC") == "242");
  CHECK(printed("123456789") == "3908");
  CHECK(printed("hello, world") == "4844");
  CHECK(printed("\xFF") == "ff00");
  CHECK(printed("") == "0");
}

TEST_CASE("the checksums that real modules printed", "[storage][at-reference 3.9]") {
  struct Observed {
    std::string file;
    std::size_t size;
    std::string checksum;
  };
  const auto observed = GENERATE(Observed{"Amazon_Root_CA_1.pem", 1188, "2d13"},  // OBSERVED M95
                                 Observed{"Amazon_Root_CA_1.pem", 1187, "2d19"},  // the same without its last LF
                                 Observed{"ISRG_Root_X1.pem", 1939, "4f64"});
  const auto path = std::filesystem::path{QUASIMODEM_SOURCE_DIR} / "tests/transcripts/data" / observed.file;
  auto content = quasimodem::storage::testing::read_file(path);
  if (content.size() == observed.size + 1) content.pop_back();
  REQUIRE(content.size() == observed.size);
  CHECK(printed(content) == observed.checksum);
}
