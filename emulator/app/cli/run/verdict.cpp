// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/run/verdict.hpp"

#include <chrono>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/stderr_output.hpp"

namespace quasimodem::app {

Verdict::Verdict(boost::asio::io_context& io, const RunOptions& options, LogSink& sink, const Fleet& fleet,
                 std::function<void(int code)> decided)
    : options_{options}, log_{sink, "quasimodem"}, decided_{std::move(decided)}, timeout_{io} {
  expect(fleet);
  limit();
  follow_scenario(sink, fleet);
}

void Verdict::expect(const Fleet& fleet) {
  const auto& wanted = options_.expectations;
  if (wanted.expect.empty() && wanted.fail.empty()) return;
  const auto found = [this](UartWatch::Seen seen, const std::string& text) {
    const bool failed = seen == UartWatch::Seen::failure;
    if (failed) fail(fmt::format("the UART showed \"{}\"", escaped(text)));
    decide(static_cast<int>(failed ? ExitCode::expectation_failed : ExitCode::ok));
  };
  for (const auto& module : fleet.modules()) {
    watches_.push_back(std::make_unique<UartWatch>(wanted, module->journal(), found));
  }
}

void Verdict::limit() {
  if (!options_.expectations.timeout) return;
  timeout_.expires_after(
      std::chrono::duration_cast<boost::asio::steady_timer::duration>(*options_.expectations.timeout));
  timeout_.async_wait([this](const auto& error) {
    if (error) return;
    const auto what = watches_.empty() ? std::string{"the time is up"} : watches_.front()->unmet();
    fail(what + " (--timeout)");
    decide(static_cast<int>(ExitCode::timed_out));
  });
}

void Verdict::follow_scenario(LogSink& sink, const Fleet& fleet) {
  if (!options_.scenario) return;
  std::vector<scenario::Session::Module> modules;
  for (const auto& module : fleet.modules()) {
    modules.push_back({module.get(), [&module = *module](const auto& body) { module.enter(body); }});
  }
  const bool alone = options_.command.empty();
  scenario_.emplace(
      scenario::Session::Settings{.scenario = options_.scenario,
                                  .lasts = alone ? scenario::Engine::Lasts::steps : scenario::Engine::Lasts::host,
                                  .junit = options_.junit,
                                  .trace = options_.trace,
                                  .log = Logger{sink, "scenario"}},
      std::move(modules), [this](scenario::Session::Verdict verdict) {
        const bool failed = verdict == scenario::Session::Verdict::failed;
        decide(failed ? static_cast<int>(ExitCode::expectation_failed) : unasked_end());
      });
}

void Verdict::begin() {
  if (scenario_) scenario_->begin();
}

void Verdict::decide(int code) {
  if (code_) return;
  code_ = code;
  stop_clock();
  decided_(code);
}

int Verdict::unasked_end() const {
  if (watches_.empty() || !watches_.front()->waits()) return static_cast<int>(ExitCode::ok);
  fail(watches_.front()->unmet());
  return static_cast<int>(ExitCode::expectation_failed);
}

int Verdict::after_host(int code) {
  end_of_host_ = fmt::format("but the command ended with {}", code);
  if (code_) return *code_;
  return code == 0 ? unasked_end() : code;
}

int Verdict::conclude(int code, bool interrupted) {
  if (!scenario_) return code;
  const bool failed = scenario_->conclude(end_of_host_) == scenario::Session::Verdict::failed;
  scenario_->write_junit();
  const bool decided = code != 0 && (code_ || interrupted);  // by --timeout, or whoever sent the signal
  return failed && !decided ? static_cast<int>(ExitCode::expectation_failed) : code;
}

/// The reason of an exit code that is not 0; a line of the log where a program reads that.
void Verdict::fail(const std::string& what) const {
  if (options_.log.format == LogFormat::json) return log_.error("FAIL: {}", what);
  print_to_stderr(fmt::format("FAIL: {}\n", what));
}

}  // namespace quasimodem::app
