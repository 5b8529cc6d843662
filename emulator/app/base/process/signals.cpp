// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/signals.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <signal.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace quasimodem::app {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t signals_of_interest() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGCHLD}) sigaddset(&set, signal);
  if (!is_ignored(SIGHUP)) sigaddset(&set, SIGHUP);
  return set;
}

// signalfd and not boost::asio::signal_set: only this tells who sent a signal.
int open_signals() {
  const auto set = signals_of_interest();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const int descriptor = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor < 0) throw std::system_error{errno, std::generic_category(), "signalfd"};
  return descriptor;
}

// SIGINT has a handler of its own, because the second one must come through when nobody reads descriptors any more.
std::atomic<int> interrupt_pipe{-1};
std::atomic<int> interrupts_left{0};  // until one ends the program

void on_interrupt(int, siginfo_t* info, void*) {
  const int saved = errno;
  if (interrupts_left.fetch_sub(1) == 0) {
    ::signal(SIGINT, SIG_DFL);
    ::raise(SIGINT);  // when this handler is over
  }
  const Signals::Signal signal{SIGINT, info->si_code == SI_KERNEL};
  [[maybe_unused]] const auto written = ::write(interrupt_pipe, &signal, sizeof signal);
  errno = saved;
}

/// The reading end of the pipe that the handler writes to.
int open_interrupts(Signals::SecondInterrupt second) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
  interrupt_pipe = ends[1];
  interrupts_left = second == Signals::SecondInterrupt::ends ? 1 : std::numeric_limits<int>::max();
  struct sigaction action {};
  action.sa_sigaction = &on_interrupt;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  return ends[0];
}

}  // namespace

Signals::Signals(boost::asio::io_context& io, SecondInterrupt second, std::function<void(Signal)> on_signal)
    : on_signal_{std::move(on_signal)}, descriptor_{io, open_signals()}, interrupts_{io, open_interrupts(second)} {
  wait<signalfd_siginfo>(descriptor_, [](const signalfd_siginfo& info) {
    return Signal{static_cast<int>(info.ssi_signo), info.ssi_code == SI_KERNEL};
  });
  wait<Signal>(interrupts_, [](const Signal& signal) { return signal; });
}

/// The handler stays: a SIGINT while the rest is taken down is the first or the second one all the same.
Signals::~Signals() {
  interrupts_left = std::min(interrupts_left.load(), 1);
  ::close(interrupt_pipe.exchange(-1));
}

template <class Message>
void Signals::wait(Descriptor& from, Signal (*signal)(const Message&)) {
  from.async_wait(Descriptor::wait_read, [=, this, &from](const boost::system::error_code& error) {
    if (error) return;
    Message message{};
    while (::read(from.native_handle(), &message, sizeof message) == static_cast<ssize_t>(sizeof message)) {
      on_signal_(signal(message));
    }
    wait(from, signal);
  });
}

}  // namespace quasimodem::app
