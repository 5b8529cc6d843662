// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::app {

/// `quasimodem watch`: what a running module does, live, for people; until the module ends, Ctrl-C, or nobody reads it
/// any more. Gives the exit code. Throws Problem.
int watch(const std::vector<std::string>& arguments);

}  // namespace quasimodem::app
