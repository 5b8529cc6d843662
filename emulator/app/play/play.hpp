// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::app {

/// `quasimodem play FILE…`: plays transcripts against a module in memory or, with --port, against whatever is at the
/// other end of a line. Gives the exit code: 1 when one of them differed. Throws Problem.
int play(const std::vector<std::string>& arguments);

}  // namespace quasimodem::app
