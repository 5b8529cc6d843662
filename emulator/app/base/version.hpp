// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// Defined in a unit of its own, made by cmake/Version.cmake: nothing else is compiled again for a commit.
namespace quasimodem::app {

/// Which program this is: "0.1.0", between tags "0.1.0+12.gabc1234"; ends with "modified" when built from changed
/// files.
std::string_view program_version();

/// The commit it was built from, 40 hexadecimal digits; "unknown" where neither git nor an exported archive said it.
std::string_view program_commit();

}  // namespace quasimodem::app
