// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// `quasimodem schema configuration|scenario|profile`: prints a JSON Schema. Gives the exit code; throws Problem.
int print_schema(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_schema();

}  // namespace quasimodem::app
