// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/console/raw_terminal.hpp"

#include <cerrno>
#include <csignal>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace quasimodem::app {

RawTerminal::RawTerminal() {
  ::tcgetattr(STDIN_FILENO, &before_);
  auto raw = before_;
  ::cfmakeraw(&raw);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

// Not TCSAFLUSH: what was typed behind the end is for the shell.
RawTerminal::~RawTerminal() { ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_); }

EndSignals::EndSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  descriptor_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor_ < 0) throw std::system_error{errno, std::generic_category(), "signalfd"};
}

EndSignals::~EndSignals() { ::close(descriptor_); }

}  // namespace quasimodem::app
