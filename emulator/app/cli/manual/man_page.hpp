// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::app {

/// quasimodem(1) in roff with the macros of man(7), made from what the commands declare and from the topics.
std::string man_page();

/// `quasimodem man`; returns the exit code. Throws Problem.
int man(const std::vector<std::string>& arguments);

}  // namespace quasimodem::app
