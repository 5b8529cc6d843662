// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <optional>
#include <set>
#include <signal.h>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/program_name.hpp"
#include "emulator/app/base/process/readiness.hpp"
#include "emulator/app/base/process/signals.hpp"
#include "emulator/app/base/process/spdlog_sink.hpp"
#include "emulator/app/base/process/stderr_output.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"
#include "emulator/app/cli/run/fleet.hpp"
#include "emulator/app/cli/run/host_program.hpp"
#include "emulator/app/cli/run/invocation.hpp"
#include "emulator/app/cli/run/ready_lines.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "emulator/app/cli/run/verdict.hpp"
#include "emulator/app/host/modules.hpp"

namespace quasimodem::app {
namespace {

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
  }

  int run() {
    // A TE or peer that goes away is told by the return code of write.
    ::signal(SIGPIPE, SIG_IGN);
    fleet_.emplace(io_, options_, sink_,
                   Fleet::Events{.finished = [this] { exit_code_ = unasked_end(); },
                                 .quit = [this] { verdict_->decide(static_cast<int>(ExitCode::ok)); },
                                 .output_failed = [this](const auto& what) { output_failed(what); }});
    verdict_.emplace(io_, options_, sink_, *fleet_, [this](int code) { decided(code); });
    while (!exit_code_) {
      if (fleet_->ready() && !std::exchange(announced_, true)) announce();
      if (!exit_code_ && io_.run_one() == 0) break;
    }
    tell_service_manager("STOPPING=1");
    const int code = verdict_->conclude(exit_code_.value_or(static_cast<int>(ExitCode::internal)), interrupted_);
    return code == 0 && output_failed_ ? static_cast<int>(ExitCode::environment) : code;
  }

 private:
  void announce() {
    const auto endpoints = fleet_->endpoints();
    if (options_.command.empty()) print_ready_lines(endpoints, options_.json ? ReadyForm::json : ReadyForm::line);
    if (somebody_reads()) print_to_stderr(first_steps(endpoints, program_name()));
    tell_ready(options_.ready_fd);
    verdict_->begin();
    if (!options_.command.empty() && !exit_code_) program_.start(options_.command, variables_for(endpoints));
  }

  /// Whether a person sees what is printed, and has not asked for less.
  bool somebody_reads() const {
    const bool terminal = ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
    const bool for_programs = options_.json || options_.log.format == LogFormat::json || !options_.command.empty();
    const bool terminal_is_uart = std::any_of(options_.uarts.begin(), options_.uarts.end(),
                                              [](const auto& uart) { return std::holds_alternative<StdioUrl>(uart); });
    return terminal && !for_programs && !terminal_is_uart && !options_.quiet;
  }

  void on_signal(Signals::Signal signal) {
    if (signal.number == SIGCHLD) return reap();
    if (signal.number == SIGHUP && options_.command.empty() && !terminal_.is_gone(signal)) return read_again();
    interrupted_ = true;
    if (program_.runs()) {
      program_.hear(signal);
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
    fleet_->reconfigure(*invocation.run, changed);
    log_.info("read again; changed: {}", changed.empty() ? "nothing" : fmt::format("{}", fmt::join(changed, ", ")));
    if (!waiting.empty()) log_.warning("a restart is needed for a change of {}", fmt::join(waiting, ", "));
    options_.log = invocation.run->log;
    sink_.set_style(style_of(options_));
  }

  void reap() {
    program_.reap(verdict_->hears_last_words() ? HostProgram::LastWords::heard : HostProgram::LastWords::ignored);
    if (!program_.runs()) verdict_->stop_clock();
  }

  int unasked_end() const { return verdict_ ? verdict_->unasked_end() : static_cast<int>(ExitCode::ok); }

  /// The command, if there is one, is told to end; its own exit code does not count any more.
  void decided(int code) {
    if (program_.runs()) return program_.end();
    exit_code_ = code;
  }

  /// Somebody waits for what is not there: the program may go on, but has not done all that it was asked for.
  void output_failed(const std::string& what) {
    log_.warning("{}", what);
    output_failed_ = true;
  }

  RunOptions options_;
  Settings settings_;  ///< those in force
  std::function<Invocation()> read_again_;
  StderrSink& sink_;
  Logger log_;
  ControllingTerminal terminal_;
  boost::asio::io_context io_{1};
  Signals signals_;
  HostProgram program_{io_, [this](int code) { exit_code_ = verdict_->after_host(code); }};
  bool announced_ = false;
  std::optional<int> exit_code_;
  std::optional<Fleet> fleet_;
  std::optional<Verdict> verdict_;
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
