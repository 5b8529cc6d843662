// SPDX-License-Identifier: Apache-2.0
// Catch2 2 compiles itself here, once for all test executables; Catch2 3 brings its own main.
#define CATCH_CONFIG_MAIN
#include "tests/support/catch.hpp"
