// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/run.hpp"

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <signal.h>
#include <sys/wait.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/core.h>

#include "emulator/app/child.hpp"
#include "emulator/app/key_log.hpp"
#include "emulator/app/modem_host.hpp"
#include "emulator/app/problem.hpp"
#include "emulator/app/readiness.hpp"
#include "emulator/app/signals.hpp"
#include "emulator/app/spdlog_sink.hpp"
#include "emulator/app/trace_file.hpp"
#include "emulator/app/uart_watch.hpp"

namespace quasimodem::app {
namespace {

constexpr auto kGrace = std::chrono::seconds{5};  // for a command that is told to end

class Runner {
 public:
  explicit Runner(const RunOptions& options)
      : options_{options}, sink_{stderr_sink(options.log_level)}, signals_{io_, [this](Signals::Signal signal) {
                                                                             on_signal(signal);
                                                                           }} {}

  int run() {
    // A TE or peer that goes away is told by the return code of write.
    ::signal(SIGPIPE, SIG_IGN);
    host_.emplace(
        io_, options_, *sink_, [this] { ready_ = true; }, [this] { end_with(static_cast<int>(ExitCode::ok)); });
    if (options_.trace) trace_.emplace(*options_.trace, host_->journal(), host_->name());
    expect();
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
    if (!options_.command.empty())
      child_ = start_child(options_.command,
                           {{"QUASIMODEM_TTY", host_->address()}, {"QUASIMODEM_CTL", host_->control_path().string()}});
  }

  void on_signal(Signals::Signal signal) {
    if (signal.number == SIGCHLD) return reap();
    if (child_) {
      // Ctrl-C has reached the command as well; twice would cut its own cleaning up short.
      if (!signal.from_terminal) ::kill(*child_, signal.number);
    } else if (options_.command.empty()) {
      exit_code_ = static_cast<int>(expectations_ ? ExitCode::expectation_failed : ExitCode::ok);
      if (expectations_) fmt::print(stderr, "FAIL: {}\n", expectations_->unmet());
    } else {  // the command was never started
      exit_code_ = static_cast<int>(ExitCode::signalled) + signal.number;
    }
  }

  void reap() {
    int status = 0;
    if (!child_ || ::waitpid(*child_, &status, WNOHANG) != *child_) return;
    exit_code_ = verdict_ ? *verdict_ : shell_exit_code(status);
    if (!verdict_ && *exit_code_ == 0 && expectations_ && expectations_->waits()) {
      fmt::print(stderr, "FAIL: {}\n", expectations_->unmet());
      exit_code_ = static_cast<int>(ExitCode::expectation_failed);
    }
  }

  void expect() {
    const auto& wanted = options_.expectations;
    if (!wanted.expect.empty() || !wanted.fail.empty()) {
      expectations_.emplace(wanted, host_->journal(), [this](UartWatch::Seen seen, const std::string& text) {
        const bool failed = seen == UartWatch::Seen::failure;
        if (failed) fmt::print(stderr, "FAIL: the UART showed \"{}\"\n", escaped(text));
        end_with(static_cast<int>(failed ? ExitCode::expectation_failed : ExitCode::ok));
      });
    }
    if (!wanted.timeout) return;
    timeout_.expires_after(std::chrono::duration_cast<boost::asio::steady_timer::duration>(*wanted.timeout));
    timeout_.async_wait([this](const auto& error) {
      if (error) return;
      const auto what = expectations_ ? expectations_->unmet() : std::string{"the time is up"};
      fmt::print(stderr, "FAIL: {} (--timeout)\n", what);
      end_with(static_cast<int>(ExitCode::timed_out));
    });
  }

  /// The command, if there is one, is told to end; its own exit code does not count any more.
  void end_with(int code) {
    if (verdict_) return;
    verdict_ = code;
    if (!child_) {
      exit_code_ = code;
      return;
    }
    ::kill(*child_, SIGTERM);
    timeout_.expires_after(kGrace);
    timeout_.async_wait([this](const auto& error) {
      if (!error && child_) ::kill(*child_, SIGKILL);
    });
  }

  const RunOptions& options_;
  std::unique_ptr<LogSink> sink_;
  boost::asio::io_context io_{1};
  Signals signals_;
  std::optional<ModemHost> host_;
  std::optional<pid_t> child_;
  bool ready_ = false;
  std::optional<int> exit_code_;
  std::optional<int> verdict_;
  boost::asio::steady_timer timeout_{io_};
  std::optional<TraceFile> trace_;
  std::optional<UartWatch> expectations_;
};

}  // namespace

int run(RunOptions options) {
  check_ready_fd(options.ready_fd, "quasimodem run --ready-fd 3 3>ready");
  if (options.key_log) options.module.key_log = open_key_log(*options.key_log);
  return Runner{options}.run();
}

}  // namespace quasimodem::app
