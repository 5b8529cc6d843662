// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "emulator/app/desk/line/line_port.hpp"
#include "emulator/app/desk/play/mask.hpp"
#include "emulator/app/desk/play/play_report.hpp"
#include "emulator/workbench/transcript.hpp"

namespace quasimodem::app {

/// Plays transcripts against whatever is at the other end of a line: an emulated module or a real one.
class PortPlayer {
 public:
  struct Options {
    std::map<std::string, std::string> values;   ///< of `{NAME}`; in the module's bytes a missing one fits anything
    std::chrono::milliseconds patience{10'000};  ///< for bytes that the module owes
    /// Somebody is there who causes the events when asked to. Otherwise what follows an event counts when it is as
    /// written, and proves nothing when it is not.
    bool attended = false;
    std::chrono::milliseconds event_patience{120'000};  ///< for the module's bytes after an event, when attended
  };

  PortPlayer(LinePort& port, Options options) : port_{port}, options_{std::move(options)} {}

  /// After a difference it waits until the module is quiet and goes on with what the host says next. When attended,
  /// tells on standard error what has to be seen to. Throws Problem when the line is gone.
  PlayReport play(const workbench::Transcript& transcript);

 private:
  using Step = workbench::Transcript::Step;

  void prepare(const workbench::Transcript& transcript);
  void perform(const Step& step);
  void say(const Step& step);
  void expect(const Step& step);
  void expect_nothing_more(int line, std::chrono::milliseconds patience);
  void happen(const Step& step);
  void differ(int line, const std::string& what, const std::string& expected = {});
  void listen(std::chrono::milliseconds time);
  static std::chrono::milliseconds waiting_time(const std::string& text);
  std::string rest_of_output();

  LinePort& port_;
  Options options_;
  PlayReport report_;
  std::string output_;
  std::string last_said_;
  bool event_before_ = false;
  int missed_event_ = 0;  ///< the line of the first event that did not happen
  bool lost_ = false;     ///< after a difference, until the host speaks again
};

/// The same for bytes in which `{NAME}` without a value stands for anything up to what follows it.
Fit fit(const std::string& expected, const std::string& output);

}  // namespace quasimodem::app
