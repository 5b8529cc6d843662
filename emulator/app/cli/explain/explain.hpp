// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::app {

/// `quasimodem explain TEXT`: says what a line of an AT dialogue means. Without TEXT every line of standard input.
/// Gives the exit code: 1 when a line cannot be explained. Throws Problem.
int explain(const std::vector<std::string>& arguments);

}  // namespace quasimodem::app
