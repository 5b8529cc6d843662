// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quasimodem::app {

/// What to type to start this program again: `quasimodem` where the PATH leads to it, else its path.
std::string program_name();

/// The word as a shell reads it back: in quotes when it needs them.
std::string shell_word(const std::string& word);

}  // namespace quasimodem::app
