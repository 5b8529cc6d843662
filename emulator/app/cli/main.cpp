// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <signal.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/printable.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/stderr_output.hpp"
#include "emulator/app/cli/commands.hpp"

/// A program started with a closed standard stream would get its number for the next file it opens, and then print its
/// ready line into the module's UART.
static void open_standard_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) < 0) [[maybe_unused]]
      const int same = ::open("/dev/null", O_RDWR);
  }
}

int main(int argc, char** argv) {
  using namespace quasimodem::app;
  open_standard_streams();
  ::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is a full disk, not the end
  try {
    const int result = start(std::vector<std::string>{argv + 1, argv + argc});
    if (std::fflush(stdout) != 0 && errno != EPIPE)
      throw std::system_error{errno, std::generic_category(), "cannot write"};
    return result;
  } catch (const Problem& problem) {
    auto text = fmt::format("error: {}\n", printable(problem.what()));
    if (!problem.way_out().empty()) {
      for (const auto& line : split(problem.way_out(), '\n')) text += fmt::format("       {}\n", printable(line));
    }
    print_to_stderr(text);
    return static_cast<int>(problem.code());
  } catch (const std::system_error& error) {  // standard output is a full disk, as a rule
    print_to_stderr(fmt::format("error: {}\n", error.what()));
    return static_cast<int>(ExitCode::environment);
  } catch (const std::exception& error) {
    print_to_stderr(fmt::format("internal error: {}\n", error.what()));
    return static_cast<int>(ExitCode::internal);
  }
}
