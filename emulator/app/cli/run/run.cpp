// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/run/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <set>
#include <signal.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/child.hpp"
#include "emulator/app/base/process/program_name.hpp"
#include "emulator/app/base/process/readiness.hpp"
#include "emulator/app/base/process/signals.hpp"
#include "emulator/app/base/process/spdlog_sink.hpp"
#include "emulator/app/base/process/stderr_output.hpp"
#include "emulator/app/cli/run/ready_lines.hpp"
#include "emulator/app/desk/scenario/session.hpp"
#include "emulator/app/desk/trace_file.hpp"
#include "emulator/app/desk/uart_watch.hpp"
#include "emulator/app/host/key_log.hpp"
#include "emulator/app/host/modem_host.hpp"
#include "emulator/app/host/modules.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"

namespace quasimodem::app {
namespace {

constexpr auto kGrace = std::chrono::seconds{5};            // for a command that is told to end
constexpr auto kLastWords = std::chrono::milliseconds{50};  // for what a command has sent before its end

LogStyle style_of(const RunOptions& options) {
  auto style = options.log;
  for (const auto& module : each_module(options)) style.modules.push_back(module.name);
  return style;
}

/// The terminal that the program was started from, if any.
class ControllingTerminal {
 public:
  /// Whether a SIGHUP says that it is gone. The kernel says so itself; a shell hands it on to its jobs, and to those
  /// it looks like somebody's kill.
  bool is_gone(Signals::Signal signal) const { return signal.from_terminal || (was_there_ && !is_there()); }

 private:
  static bool is_there() {
    const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0) ::close(terminal);
    return terminal >= 0;
  }
  bool was_there_ = is_there();
};

class Runner {
 public:
  Runner(Invocation invocation, StderrSink& sink, std::function<Invocation()> read_again)
      : options_{std::move(*invocation.run)},
        settings_{std::move(invocation.settings)},
        read_again_{std::move(read_again)},
        sink_{sink},
        log_{sink, "quasimodem"},
        // A command may want to be interrupted many times, as an interpreter does.
        signals_{io_, options_.command.empty() ? Signals::SecondInterrupt::ends : Signals::SecondInterrupt::is_told,
                 [this](Signals::Signal signal) { on_signal(signal); }} {
    for (const auto& warning : invocation.warnings) log_.warning("{}", warning);
    if (!options_.key_log) return;
    options_.module.key_log = open_key_log(*options_.key_log, [this](const std::string& why) {
      output_failed(fmt::format("the key log {} ends here, it cannot be written: {}", options_.key_log->string(), why));
    });
  }

  int run() {
    // A TE or peer that goes away is told by the return code of write.
    ::signal(SIGPIPE, SIG_IGN);
    for (const auto& module : each_module(options_)) {
      uarts_.push_back(module.uarts);
      hosts_.push_back(
          std::make_unique<ModemHost>(io_, module, sink_,
                                      ModemHost::Events{.ready = [this] { ++ready_; },
                                                        .finished = [this] { exit_code_ = unasked_end(); },
                                                        .quit = [this] { end_with(static_cast<int>(ExitCode::ok)); }}));
    }
    trace();
    expect();
    follow_scenario();
    while (!exit_code_) {
      if (ready_ == hosts_.size() && !std::exchange(announced_, true)) announce();
      if (!exit_code_ && io_.run_one() == 0) break;
    }
    tell_service_manager("STOPPING=1");
    return conclude(exit_code_.value_or(static_cast<int>(ExitCode::internal)));
  }

 private:
  void announce() {
    const auto endpoints = all_endpoints();
    if (options_.command.empty()) print_ready_lines(endpoints, options_.json ? ReadyForm::json : ReadyForm::line);
    if (somebody_reads()) print_to_stderr(first_steps(endpoints, program_name()));
    tell_ready(options_.ready_fd);
    if (scenario_) scenario_->begin();
    if (!options_.command.empty() && !exit_code_) child_ = start_child(options_.command, variables_for(endpoints));
  }

  /// Whether a person sees what is printed, and has not asked for less.
  bool somebody_reads() const {
    const bool terminal = ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
    const bool for_programs = options_.json || options_.log.format == LogFormat::json || !options_.command.empty();
    const bool terminal_is_uart = std::any_of(options_.uarts.begin(), options_.uarts.end(),
                                              [](const auto& uart) { return std::holds_alternative<StdioUrl>(uart); });
    return terminal && !for_programs && !terminal_is_uart && !options_.quiet;
  }

  std::vector<ModuleEndpoints> all_endpoints() const {
    std::vector<ModuleEndpoints> all;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      all.push_back({hosts_[i]->name(), uarts_[i], hosts_[i]->addresses(), hosts_[i]->control_path().string()});
    }
    return all;
  }

  void on_signal(Signals::Signal signal) {
    if (signal.number == SIGCHLD) return reap();
    if (signal.number == SIGHUP && options_.command.empty() && !terminal_.is_gone(signal)) return read_again();
    interrupted_ = true;
    if (child_ && verdict_ && signal.number == SIGINT) {
      ::kill(*child_, SIGKILL);  // it was told to end before
    } else if (child_) {
      // Ctrl-C has reached the command as well; twice would cut its own cleaning up short.
      if (!signal.from_terminal) ::kill(*child_, signal.number);
    } else if (options_.command.empty()) {
      exit_code_ = unasked_end();
    } else {  // the command was never started
      exit_code_ = static_cast<int>(ExitCode::signalled) + signal.number;
    }
  }

  /// SIGHUP: the configuration may have changed.
  void read_again() {
    using namespace std::chrono;
    const auto now = duration_cast<microseconds>(steady_clock::now().time_since_epoch());
    tell_service_manager(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()));
    try {
      take_over(read_again_());
    } catch (const Problem& problem) {
      log_.error("the settings stay as they are: {}", problem.what());
    }
    if (announced_) tell_service_manager("READY=1");
  }

  void take_over(const Invocation& invocation) {
    for (const auto& warning : invocation.warnings) log_.warning("{}", warning);
    std::set<std::string_view> changed;
    std::vector<std::string_view> waiting;
    for (const auto& option : run_option_table()) {
      if (same_values(settings_.find(option.name), invocation.settings.find(option.name))) continue;
      if (option.change == OptionChange::at_restart) {
        waiting.push_back(option.name);
        continue;
      }
      changed.insert(option.name);
      settings_.follow(invocation.settings, option.name);
    }
    for (const auto& host : hosts_) host->reconfigure(*invocation.run, changed);
    log_.info("read again; changed: {}", changed.empty() ? "nothing" : fmt::format("{}", fmt::join(changed, ", ")));
    if (!waiting.empty()) log_.warning("a restart is needed for a change of {}", fmt::join(waiting, ", "));
    options_.log = invocation.run->log;
    sink_.set_style(style_of(options_));
  }

  void reap() {
    int status = 0;
    if (!child_ || ::waitpid(*child_, &status, WNOHANG) != *child_) return;
    if (!scenario_ || verdict_) return command_ended(shell_exit_code(status));
    child_.reset();
    // What it sent at last may still be on its way.
    timeout_.expires_after(kLastWords);
    timeout_.async_wait([this, status](const auto& error) {
      if (!error) command_ended(shell_exit_code(status));
    });
  }

  void command_ended(int code) {
    end_of_host_ = fmt::format("but the command ended with {}", code);
    exit_code_ = verdict_ ? *verdict_ : code;
    if (!verdict_ && *exit_code_ == 0) exit_code_ = unasked_end();
  }

  /// The exit code when it ends before a text or the time decided.
  int unasked_end() const {
    if (watches_.empty() || !watches_.front()->waits()) return static_cast<int>(ExitCode::ok);
    fail(watches_.front()->unmet());
    return static_cast<int>(ExitCode::expectation_failed);
  }

  /// The reason of an exit code that is not 0; a line of the log where a program reads that.
  void fail(const std::string& what) const {
    if (options_.log.format == LogFormat::json) return log_.error("FAIL: {}", what);
    print_to_stderr(fmt::format("FAIL: {}\n", what));
  }

  void trace() {
    if (!options_.trace) return;
    trace_.emplace(*options_.trace, [this](const std::string& why) {
      output_failed(fmt::format("the trace {} ends here, it cannot be written: {}", options_.trace->string(), why));
    });
    for (const auto& host : hosts_) trace_->follow(host->journal(), host->name());
  }

  /// Somebody waits for what is not there: the program may go on, but has not done all that it was asked for.
  void output_failed(const std::string& what) {
    log_.warning("{}", what);
    output_failed_ = true;
  }

  void follow_scenario() {
    if (!options_.scenario) return;
    std::vector<scenario::Session::Module> modules;
    for (const auto& host : hosts_) {
      modules.push_back({host.get(), [&host = *host](const auto& body) { host.enter(body); }});
    }
    const bool alone = options_.command.empty();
    scenario_.emplace(
        scenario::Session::Settings{.scenario = options_.scenario,
                                    .lasts = alone ? scenario::Engine::Lasts::steps : scenario::Engine::Lasts::host,
                                    .junit = options_.junit,
                                    .trace = options_.trace,
                                    .log = Logger{sink_, "scenario"}},
        std::move(modules), [this](scenario::Session::Verdict verdict) {
          const bool failed = verdict == scenario::Session::Verdict::failed;
          end_with(failed ? static_cast<int>(ExitCode::expectation_failed) : unasked_end());
        });
  }

  /// The exit code, with what the scenario and the files say of it.
  int conclude(int code) {
    code = with_scenario(code);
    return code == 0 && output_failed_ ? static_cast<int>(ExitCode::environment) : code;
  }

  int with_scenario(int code) {
    if (!scenario_) return code;
    const bool failed = scenario_->conclude(end_of_host_) == scenario::Session::Verdict::failed;
    scenario_->write_junit();
    const bool decided = code != 0 && (verdict_ || interrupted_);  // by --timeout, or whoever sent the signal
    return failed && !decided ? static_cast<int>(ExitCode::expectation_failed) : code;
  }

  void expect() {
    const auto& wanted = options_.expectations;
    const auto found = [this](UartWatch::Seen seen, const std::string& text) {
      const bool failed = seen == UartWatch::Seen::failure;
      if (failed) fail(fmt::format("the UART showed \"{}\"", escaped(text)));
      end_with(static_cast<int>(failed ? ExitCode::expectation_failed : ExitCode::ok));
    };
    for (const auto& host : hosts_) {
      if (wanted.expect.empty() && wanted.fail.empty()) break;
      watches_.push_back(std::make_unique<UartWatch>(wanted, host->journal(), found));
    }
    if (!wanted.timeout) return;
    timeout_.expires_after(std::chrono::duration_cast<boost::asio::steady_timer::duration>(*wanted.timeout));
    timeout_.async_wait([this](const auto& error) {
      if (error) return;
      const auto what = watches_.empty() ? std::string{"the time is up"} : watches_.front()->unmet();
      fail(what + " (--timeout)");
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

  RunOptions options_;
  Settings settings_;  ///< those in force
  std::function<Invocation()> read_again_;
  StderrSink& sink_;
  Logger log_;
  ControllingTerminal terminal_;
  boost::asio::io_context io_{1};
  Signals signals_;
  std::vector<std::unique_ptr<ModemHost>> hosts_;
  std::vector<std::vector<UartUrl>> uarts_;  ///< of each module
  std::optional<pid_t> child_;
  std::size_t ready_ = 0;  ///< modules that hear their UART
  bool announced_ = false;
  std::optional<int> exit_code_;
  std::optional<int> verdict_;
  boost::asio::steady_timer timeout_{io_};
  std::optional<TraceFile> trace_;
  std::vector<std::unique_ptr<UartWatch>> watches_;  ///< of each module, when there is something to wait for
  std::optional<scenario::Session> scenario_;
  std::string end_of_host_ = "but the program ended";
  bool interrupted_ = false;    ///< by a signal
  bool output_failed_ = false;  ///< --trace, --keylog
};

}  // namespace

int run(Invocation invocation, const std::function<Invocation()>& read_again) {
  auto& options = *invocation.run;
  check_ready_fd(options.ready_fd, "quasimodem run --ready-fd 3 3>ready");
  const auto sink = stderr_sink(style_of(options));
  try {
    return Runner{std::move(invocation), *sink, read_again}.run();
  } catch (const Problem& problem) {
    if (sink->style().format == LogFormat::text) throw;
    Logger{*sink, "quasimodem"}.error("{}", problem.what());  // a program reads this
    return static_cast<int>(problem.code());
  }
}

}  // namespace quasimodem::app
