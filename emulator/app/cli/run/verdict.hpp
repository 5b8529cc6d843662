// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/log.hpp"
#include "emulator/app/cli/run/fleet.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "emulator/app/desk/scenario/session.hpp"
#include "emulator/app/desk/uart_watch.hpp"

namespace quasimodem::app {

/// What decides how a run ends: the texts of --expect and --fail, the time of --timeout, the scenario.
class Verdict {
 public:
  /// `decided` is called once, with the exit code. The options must outlive this. Throws Problem when the scenario does
  /// not fit, or its report cannot be written.
  Verdict(boost::asio::io_context& io, const RunOptions& options, LogSink& sink, const Fleet& fleet,
          std::function<void(int code)> decided);
  Verdict(const Verdict&) = delete;
  Verdict& operator=(const Verdict&) = delete;

  /// The modules are ready: the first steps of the scenario.
  void begin();
  /// The first one counts.
  void decide(int code);
  /// Nothing was decided, and something else ended the run well: its exit code all the same.
  int unasked_end() const;
  /// The command is gone: its last words may decide still, the time does not.
  void stop_clock() { timeout_.cancel(); }
  bool hears_last_words() const { return scenario_ && !code_; }
  /// The exit code after the command has ended with one.
  int after_host(int code);
  /// The exit code, with what the scenario says of it. `interrupted`: by a signal.
  int conclude(int code, bool interrupted);

 private:
  void expect(const Fleet& fleet);
  void limit();
  void follow_scenario(LogSink& sink, const Fleet& fleet);
  void fail(const std::string& what) const;

  const RunOptions& options_;
  Logger log_;
  std::function<void(int code)> decided_;
  std::optional<int> code_;
  boost::asio::steady_timer timeout_;
  std::vector<std::unique_ptr<UartWatch>> watches_;  ///< of each module, when there is something to wait for
  std::optional<scenario::Session> scenario_;
  std::string end_of_host_ = "but the program ended";
};

}  // namespace quasimodem::app
