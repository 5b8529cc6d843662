// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/text_file.hpp"

#include <sstream>

#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::app;

TEST_CASE("a file is read up to a size", "[app]") {
  CHECK(read_text_file("/dev/null", 0) == std::string{});
  CHECK(read_text_file("/dev/zero", kLargestHandwritten).error() == "it is larger than 1 MB");
  CHECK(read_text_file("/no/such/file", 1).error() == "No such file or directory");
  CHECK(read_text_file("/", 1).error() == "Is a directory");
}

TEST_CASE("a stream is read by lines of bounded size", "[app]") {
  std::istringstream stream{"a\r\n\nb"};
  CHECK(read_text_line(stream) == "a\r");
  CHECK(read_text_line(stream) == "");
  CHECK(read_text_line(stream) == "b");
  CHECK(read_text_line(stream) == std::nullopt);

  std::istringstream endless{std::string(kLargestHandwritten + 3, 'x')};
  CHECK(read_text_line(endless) == std::string(kLargestHandwritten, 'x'));
  CHECK(read_text_line(endless) == "xxx");
  CHECK(read_text_line(endless) == std::nullopt);
}
