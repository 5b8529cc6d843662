// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// quasimodem(1) in roff with the macros of man(7), made from what the commands declare and from the topics.
std::string man_page();

/// `quasimodem man`; returns the exit code. Throws Problem.
int man(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_man();

}  // namespace quasimodem::app
