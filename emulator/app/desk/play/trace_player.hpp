// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/desk/play/mask.hpp"
#include "emulator/app/desk/play/play_report.hpp"
#include "emulator/app/desk/play/replay_line.hpp"
#include "emulator/app/desk/play/trace.hpp"

namespace quasimodem::app {

/// Says again what the host says in a trace, at the pace it said it, and compares what the module says to it.
///
/// Between two words of the host passes at least the time that passed in the trace; a slower module is waited for.
class TracePlayer {
 public:
  struct Options {
    Mask mask;
    std::vector<std::string> setup;  ///< command lines sent before, whose answers do not matter
    Duration patience = 10s;         ///< for bytes that the module owes, beside the time they took in the trace
  };

  TracePlayer(ReplayLine& line, const Options& options) : line_{line}, options_{options} {}

  /// After a difference it waits until the module is quiet and goes on with what the host says next.
  PlayReport play(const Trace& trace);

 private:
  void prepare();
  void say(const Trace& trace, std::size_t index);
  void hear(const Trace& trace, std::size_t index);
  void expect(const Trace::Entry& entry);
  void expect_unknown(const Trace::Entry& entry);
  void happen(const Trace& trace, std::size_t index);
  void skip(const Trace::Entry& entry, const std::string& why);
  void expect_nothing_more();
  void too_much(int line, const std::string& after, std::string got);
  void differ(const Trace::Entry& entry, std::string what);
  bool listen(Duration patience);
  void listen_until(Duration end);
  std::string rest_of_output();

  ReplayLine& line_;
  const Options& options_;
  PlayReport report_;
  std::string output_;     ///< of the module, not compared yet
  std::string last_said_;  ///< by the host
  Duration last_said_at_{};
  Duration last_said_in_trace_{};
  std::size_t carried_ = 0;  ///< of `output_`: came before the host spoke last
  int carried_line_ = 0;     ///< the record before that
  std::string carried_after_;
  int last_line_ = 0;
  bool spoken_ = false;
  bool lost_ = false;  ///< after a difference, until the host speaks again
};

}  // namespace quasimodem::app
