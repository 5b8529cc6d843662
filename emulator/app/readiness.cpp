// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/readiness.hpp"

#include <charconv>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

#include "emulator/app/problem.hpp"

namespace quasimodem::app {

int read_descriptor(const std::string& text, const char* example) {
  int number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc{} && end == text.data() + text.size() && number >= 0) return number;
  throw Problem{ExitCode::usage, fmt::format("--ready-fd {}: not the number of a descriptor", text),
                fmt::format("as here: {}", example)};
}

void check_ready_fd(std::optional<int> descriptor, const char* example) {
  if (!descriptor) return;
  const int flags = ::fcntl(*descriptor, F_GETFL);
  if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY) return;
  throw Problem{ExitCode::usage,
                fmt::format("--ready-fd {}: {}", *descriptor,
                            flags < 0 ? "no such open descriptor" : "this descriptor is open for reading only"),
                fmt::format("open it for writing before: {}", example)};
}

void tell_ready(std::optional<int> descriptor) {
  if (!descriptor) return;
  // Who does not listen any more does not need to know.
  [[maybe_unused]] const auto written = ::write(*descriptor, "\n", 1);
  if (*descriptor > STDERR_FILENO) ::close(*descriptor);
}

}  // namespace quasimodem::app
