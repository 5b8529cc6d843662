// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/run/host_program.hpp"

#include <chrono>
#include <signal.h>
#include <sys/wait.h>
#include <utility>

namespace quasimodem::app {
namespace {

constexpr auto kGrace = std::chrono::seconds{5};            // for a command that is told to end
constexpr auto kLastWords = std::chrono::milliseconds{50};  // for what a command has sent before its end

}  // namespace

HostProgram::HostProgram(boost::asio::io_context& io, std::function<void(int code)> ended)
    : timer_{io}, ended_{std::move(ended)} {}

void HostProgram::start(const std::vector<std::string>& command, const Environment& additions) {
  process_ = start_child(command, additions);
}

void HostProgram::reap(LastWords last_words) {
  int status = 0;
  if (!process_ || ::waitpid(*process_, &status, WNOHANG) != *process_) return;
  process_.reset();
  const int code = shell_exit_code(status);
  if (last_words == LastWords::ignored) return ended_(code);
  timer_.expires_after(kLastWords);
  timer_.async_wait([this, code](const auto& error) {
    if (!error) ended_(code);
  });
}

void HostProgram::hear(Signals::Signal signal) {
  if (ending_ && signal.number == SIGINT) {
    ::kill(*process_, SIGKILL);  // it was told to end before
  } else if (!signal.from_terminal) {
    // Ctrl-C has reached the command as well; twice would cut its own cleaning up short.
    ::kill(*process_, signal.number);
  }
}

void HostProgram::end() {
  ending_ = true;
  ::kill(*process_, SIGTERM);
  timer_.expires_after(kGrace);
  timer_.async_wait([this](const auto& error) {
    if (!error && process_) ::kill(*process_, SIGKILL);
  });
}

}  // namespace quasimodem::app
