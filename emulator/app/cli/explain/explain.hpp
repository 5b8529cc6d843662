// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// `quasimodem explain TEXT`: says what a line of an AT dialogue means. Without TEXT every line of standard input.
/// Gives the exit code: 1 when a line cannot be explained. Throws Problem.
int explain(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_explain();

}  // namespace quasimodem::app
