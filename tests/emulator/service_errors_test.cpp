// SPDX-License-Identifier: Apache-2.0
// The numbers of failures of FTP and mail: which there are. That each stands for its cause: ftp_test, smtp_test.
#include "emulator/device/service_errors.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <fmt/core.h>

#include "tests/support/catch.hpp"

namespace quasimodem::device {

TEST_CASE("every cause of a failure has one row, and the number that it says", "[service-errors]") {
  std::set<std::string_view> names;
  std::set<ServiceError> causes;
  for (const auto& row : service_error_rows()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(causes.insert(row.error).second);
    CHECK(!row.cause.empty());
    CHECK(row.number <= ErrorNumbers::kHighest);
    CHECK((row.number == -1) == row.evidence.empty());
    CHECK(service_error_row(row.name) == &row);
    ErrorNumbers numbers;
    CHECK(numbers.of(row.error) == row.number);
    numbers.set(row, -4711);
    for (const auto& other : service_error_rows()) CHECK((numbers.of(other.error) == -4711) == (&other == &row));
  }
  for (int error = 0; error <= static_cast<int>(FtpError::interrupted); ++error)
    CHECK(causes.contains(static_cast<FtpError>(error)));
  for (int error = 0; error <= static_cast<int>(MailError::busy); ++error)
    CHECK(causes.contains(static_cast<MailError>(error)));
  CHECK(service_error_row("ftp") == nullptr);
}

namespace {

std::string reference() {
  std::string table = "| Cause | What it is | Number | Evidence |\n| --- | --- | --- | --- |\n";
  for (const auto& row : service_error_rows()) {
    table += fmt::format("| `{}` | {} | {} | {} |\n", row.name, row.cause, row.number,
                         row.evidence.empty() ? "none" : row.evidence);
  }
  return table;
}

}  // namespace

TEST_CASE("docs/fidelity.md has the table of the numbers", "[service-errors][docs]") {
  const auto path = std::string{QUASIMODEM_SOURCE_DIR} + "/docs/fidelity.md";
  std::ifstream file{path};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  const auto begin = page.find("| Cause |"), end = page.find("\n## Where the sources");
  REQUIRE(begin < end);
  if (std::getenv("QUASIMODEM_UPDATE")) {
    std::ofstream{path} << page.substr(0, begin) << reference() << page.substr(end);
  } else {
    INFO("run test_emulator with QUASIMODEM_UPDATE=1 in the environment to write it");
    CHECK(page.substr(begin, end - begin) == reference());
  }
}

}  // namespace quasimodem::device
