// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/run.hpp"

#include <cstdio>
#include <memory>
#include <optional>
#include <signal.h>
#include <sys/wait.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include "emulator/app/child.hpp"
#include "emulator/app/key_log.hpp"
#include "emulator/app/modem_host.hpp"
#include "emulator/app/problem.hpp"
#include "emulator/app/readiness.hpp"
#include "emulator/app/signals.hpp"
#include "emulator/app/spdlog_sink.hpp"

namespace quasimodem::app {
namespace {

class Runner {
 public:
  explicit Runner(const RunOptions& options)
      : options_{options}, sink_{stderr_sink(options.log_level)}, signals_{io_, [this](Signals::Signal signal) {
                                                                             on_signal(signal);
                                                                           }} {}

  int run() {
    // A TE or peer that goes away is told by the return code of write.
    ::signal(SIGPIPE, SIG_IGN);
    host_.emplace(io_, options_, *sink_, [this] { ready_ = true; });
    while (!exit_code_) {
      if (std::exchange(ready_, false)) announce();
      if (io_.run_one() == 0) break;
    }
    return exit_code_.value_or(static_cast<int>(ExitCode::internal));
  }

 private:
  void announce() {
    if (options_.command.empty()) {
      fmt::print("ready {} {}\n", host_->name(), host_->address());
      std::fflush(stdout);
    }
    tell_ready(options_.ready_fd);
    if (!options_.command.empty()) child_ = start_child(options_.command, {{"QUASIMODEM_TTY", host_->address()}});
  }

  void on_signal(Signals::Signal signal) {
    if (signal.number == SIGCHLD) return reap();
    if (child_) {
      // Ctrl-C has reached the command as well; twice would cut its own cleaning up short.
      if (!signal.from_terminal) ::kill(*child_, signal.number);
    } else if (options_.command.empty()) {
      exit_code_ = static_cast<int>(ExitCode::ok);
    } else {  // the command was never started
      exit_code_ = static_cast<int>(ExitCode::signalled) + signal.number;
    }
  }

  void reap() {
    int status = 0;
    if (!child_ || ::waitpid(*child_, &status, WNOHANG) != *child_) return;
    exit_code_ = shell_exit_code(status);
  }

  const RunOptions& options_;
  std::unique_ptr<LogSink> sink_;
  boost::asio::io_context io_{1};
  Signals signals_;
  std::optional<ModemHost> host_;
  std::optional<pid_t> child_;
  bool ready_ = false;
  std::optional<int> exit_code_;
};

}  // namespace

int run(RunOptions options) {
  check_ready_fd(options.ready_fd, "quasimodem run --ready-fd 3 3>ready");
  if (options.key_log) options.module.key_log = open_key_log(*options.key_log);
  return Runner{options}.run();
}

}  // namespace quasimodem::app
