// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "emulator/app/play/line_port.hpp"
#include "emulator/workbench/transcript.hpp"

namespace quasimodem::app {

/// Plays transcripts against whatever is at the other end of a line: an emulated module or a real one.
class PortPlayer {
 public:
  struct Options {
    std::map<std::string, std::string> values;   ///< of `{NAME}`; in the module's bytes a missing one fits anything
    std::chrono::milliseconds patience{10'000};  ///< for bytes that the module owes
    std::chrono::milliseconds event_patience{120'000};  ///< for the same after an event that somebody must cause
  };

  PortPlayer(LinePort& port, Options options) : port_{port}, options_{std::move(options)} {}

  /// Every difference, `<name>:<line>: …`. After one it waits until the module is quiet and goes on with what the host
  /// says next. Tells on standard error what the user has to see to. Throws Problem when the line is gone.
  std::vector<std::string> play(const workbench::Transcript& transcript);

 private:
  using Step = workbench::Transcript::Step;

  void prepare(const workbench::Transcript& transcript);
  void perform(const Step& step);
  void say(const Step& step);
  void expect(const Step& step);
  void expect_nothing_more(int line, std::chrono::milliseconds patience);
  void differ(int line, const std::string& what);
  void listen(std::chrono::milliseconds time);
  std::string rest_of_output();

  LinePort& port_;
  Options options_;
  std::string name_;
  std::string output_;
  std::vector<std::string> differences_;
  bool event_before_ = false;
  bool lost_ = false;  ///< after a difference, until the host speaks again
};

/// How far `output` goes along with `expected`, in which `{NAME}` without a value stands for anything up to what
/// follows it.
struct Fit {
  enum class State { fits, needs_more, differs };
  State state = State::needs_more;
  std::size_t used = 0;  ///< bytes of the output, when it fits
};
Fit fit(const std::string& expected, const std::string& output);

}  // namespace quasimodem::app
