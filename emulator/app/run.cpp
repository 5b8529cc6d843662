// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/run.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/core.h>

#include "emulator/app/child.hpp"
#include "emulator/app/modem_host.hpp"
#include "emulator/app/problem.hpp"
#include "emulator/app/spdlog_sink.hpp"

namespace quasimodem::app {
namespace {

class Runner {
 public:
  explicit Runner(const RunOptions& options)
      : options_{options}, sink_{stderr_sink(options.log_level)}, signals_{io_, SIGINT, SIGTERM, SIGCHLD} {}

  int run() {
    // A TE or peer that goes away is told by the return code of write.
    ::signal(SIGPIPE, SIG_IGN);
    if (options_.ready_fd && ::fcntl(*options_.ready_fd, F_GETFD) < 0) {
      throw Problem{ExitCode::usage, fmt::format("--ready-fd {}: no such open descriptor", *options_.ready_fd),
                    "open it before: quasimodem run --ready-fd 3 3>ready"};
    }
    wait_for_signals();
    host_.emplace(io_, options_, *sink_, [this] { ready_ = true; });
    while (!exit_code_) {
      if (ready_) announce();
      if (io_.run_one() == 0) break;
    }
    return exit_code_.value_or(static_cast<int>(ExitCode::internal));
  }

 private:
  void announce() {
    ready_ = false;
    if (options_.command.empty()) {
      fmt::print("ready {} {}\n", host_->name(), host_->address());
      std::fflush(stdout);
    } else {
      child_ = start_child(options_.command, {{"QUASIMODEM_TTY", host_->address()}});
    }
    if (options_.ready_fd) [[maybe_unused]]
      const auto written = ::write(*options_.ready_fd, "\n", 1);
  }

  void wait_for_signals() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGCHLD) {
        reap();
      } else if (child_) {
        ::kill(*child_, signal);
      } else {
        exit_code_ = static_cast<int>(ExitCode::ok);
      }
      wait_for_signals();
    });
  }

  void reap() {
    int status = 0;
    if (!child_ || ::waitpid(*child_, &status, WNOHANG) != *child_) return;
    exit_code_ = shell_exit_code(status);
  }

  const RunOptions& options_;
  std::unique_ptr<LogSink> sink_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  std::optional<ModemHost> host_;
  std::optional<pid_t> child_;
  bool ready_ = false;
  std::optional<int> exit_code_;
};

}  // namespace

int run(const RunOptions& options) { return Runner{options}.run(); }

}  // namespace quasimodem::app
