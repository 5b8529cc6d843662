// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/stderr_output.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

namespace quasimodem::app {

ImpatientOutput::ImpatientOutput(int descriptor) : descriptor_{descriptor} {
  struct stat status {};
  const bool may_wait = ::fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || ::isatty(descriptor) == 1);
  if (!may_wait) return;
  // Not fcntl: the flag would hold for whoever has the other copies, like the shell.
  own_ = ::open(fmt::format("/proc/self/fd/{}", descriptor).c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

ImpatientOutput::~ImpatientOutput() {
  if (own_ >= 0) ::close(own_);
}

bool ImpatientOutput::write(std::string_view text, std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  rest_.erase(0, push(rest_, end));
  if (!rest_.empty()) return false;
  const auto written = push(text, end);
  if (written == 0 && !text.empty()) return false;
  rest_ = text.substr(written);
  return true;
}

bool ImpatientOutput::wait_for_room(Clock::time_point end) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  pollfd entry{own_ >= 0 ? own_ : descriptor_, POLLOUT, 0};
  return ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(0, left.count()))) == 1;
}

std::size_t ImpatientOutput::push(std::string_view text, Clock::time_point end) const {
  std::size_t pushed = 0;
  while (pushed < text.size()) {
    if (!wait_for_room(end)) break;
    // What poll has found room for does not wait: in a pipe that is PIPE_BUF.
    const auto piece = text.substr(pushed, PIPE_BUF);
    const auto written = ::write(own_ >= 0 ? own_ : descriptor_, piece.data(), piece.size());
    if (written > 0) {
      pushed += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN) {
      if (Clock::now() >= end) break;
    } else if (errno != EINTR) {
      return text.size();  // nobody will ever read it
    }
  }
  return pushed;
}

ImpatientOutput& stderr_output() {
  static ImpatientOutput output{STDERR_FILENO};
  return output;
}

void print_to_stderr(std::string_view text) {
  constexpr std::chrono::milliseconds kPatience{1000};
  stderr_output().write(text, kPatience);
}

}  // namespace quasimodem::app
