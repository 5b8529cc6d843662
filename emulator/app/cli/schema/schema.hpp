// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::app {

/// `quasimodem schema configuration|scenario|profile`: prints a JSON Schema. Gives the exit code; throws Problem.
int print_schema(const std::vector<std::string>& arguments);

}  // namespace quasimodem::app
