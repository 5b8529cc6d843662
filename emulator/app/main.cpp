// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "emulator/app/problem.hpp"
#include "emulator/app/run.hpp"
#include "emulator/app/run_options.hpp"

int main(int argc, char** argv) {
  using namespace quasimodem::app;
  try {
    const auto invocation = read_command_line(std::vector<std::string>{argv + 1, argv + argc});
    if (invocation.run) return run(*invocation.run);
    fmt::print("{}", invocation.text);
    return static_cast<int>(ExitCode::ok);
  } catch (const Problem& problem) {
    fmt::print(stderr, "error: {}\n", problem.what());
    if (!problem.way_out().empty()) fmt::print(stderr, "       {}\n", problem.way_out());
    return static_cast<int>(problem.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "internal error: {}\n", error.what());
    return static_cast<int>(ExitCode::internal);
  }
}
