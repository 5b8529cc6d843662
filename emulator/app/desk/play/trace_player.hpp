// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "emulator/app/desk/play/mask.hpp"
#include "emulator/app/desk/play/trace.hpp"
#include "emulator/workbench/player.hpp"

namespace quasimodem::app {

/// What stands beside the line that a trace is played into. At a port that is nobody.
class TraceStage {
 public:
  virtual ~TraceStage() = default;

  /// The module is switched on as the trace tells; otherwise it runs already, in a state that the trace does not know.
  virtual bool starts_module() const { return false; }
  /// `happen` does something about such a record: its time counts.
  virtual bool acts_on(const Trace::Entry&) const { return false; }
  /// The record is about to be played: does what belongs to it beside the UART, or says why that cannot be done here.
  virtual std::string happen(const Trace& trace, std::size_t entry);
};

/// Says again what the host says in a trace, at the pace it said it, and compares what the module says to it.
///
/// Between two words of the host passes at least the time that passed in the trace; a slower module is waited for.
class TracePlayer : private workbench::Player {
 public:
  struct Options {
    Mask mask;
    std::vector<std::string> setup;  ///< command lines sent before, whose answers do not matter
    Duration patience = 10s;         ///< for bytes that the module owes, beside the time they took in the trace
  };

  TracePlayer(workbench::Line& line, TraceStage& stage, const Options& options)
      : Player{line}, stage_{stage}, options_{options} {}

  workbench::PlayReport play(const Trace& trace);

 private:
  void say(const Trace& trace, std::size_t index);
  void hear(const Trace& trace, std::size_t index);
  void expect(const Trace::Entry& entry);
  void expect_unknown(const Trace::Entry& entry);
  void happen(const Trace& trace, std::size_t index);
  void skip(const Trace::Entry& entry, const std::string& why);
  void expect_nothing_more();
  void too_much(int line, const std::string& after, std::string got);

  TraceStage& stage_;
  const Options& options_;
  Duration last_said_at_{};
  Duration last_said_in_trace_{};
  std::size_t carried_ = 0;  ///< of `output_`: came before the host spoke last
  int carried_line_ = 0;     ///< the record before that
  std::string carried_after_;
  int last_line_ = 0;
  bool spoken_ = false;
};

}  // namespace quasimodem::app
