// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/signals.hpp"

#include <cerrno>
#include <signal.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace quasimodem::app {
namespace {

using boost::asio::posix::stream_descriptor;

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t signals_of_interest() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&set, signal);
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

}  // namespace

struct Signals::Impl {
  Impl(boost::asio::io_context& io, std::function<void(Signal)> on_signal_now)
      : on_signal{std::move(on_signal_now)}, descriptor{io, open_signals()} {}

  std::function<void(Signal)> on_signal;
  stream_descriptor descriptor;

  void wait() {
    descriptor.async_wait(stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
      if (error) return;
      signalfd_siginfo info{};
      while (::read(descriptor.native_handle(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        on_signal({static_cast<int>(info.ssi_signo), info.ssi_code == SI_KERNEL});
      }
      wait();
    });
  }
};

Signals::Signals(boost::asio::io_context& io, std::function<void(Signal)> on_signal)
    : impl_{std::make_unique<Impl>(io, std::move(on_signal))} {
  impl_->wait();
}

Signals::~Signals() = default;

}  // namespace quasimodem::app
