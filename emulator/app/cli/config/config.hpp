// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::app {

/// `quasimodem config show` and `quasimodem config check`. Gives the exit code; throws Problem.
int config(const std::vector<std::string>& arguments);

}  // namespace quasimodem::app
