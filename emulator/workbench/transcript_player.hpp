// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/workbench/player.hpp"
#include "emulator/workbench/transcript.hpp"

namespace quasimodem::workbench {

/// Something is wrong with the transcript itself. It ends the play.
struct Unplayable : std::runtime_error {
  Unplayable(int at, const std::string& what) : std::runtime_error{what}, line{at} {}
  int line;  ///< 0: of no line in particular
};

/// What stands beside the line of a transcript: the module's supply and SIM, its peers, the network.
class TranscriptStage {
 public:
  virtual ~TranscriptStage() = default;

  /// Before the first step: makes what the head needs, and lists what it takes as it is. Throws Unplayable.
  virtual std::vector<PlayReport::Skipped> prepare(const Transcript& transcript) = 0;
  /// Makes an event happen, or says why that cannot be done here. Throws Unplayable.
  virtual std::string happen(const Transcript::Step& event) = 0;
};

/// Says what the host says in a transcript and compares every byte of the module.
class TranscriptPlayer : private Player {
 public:
  struct Options {
    std::map<std::string, std::string> values{};  ///< of `{NAME}`
    Duration patience = 10s;                      ///< for bytes that the module owes
    Duration event_patience = 120s;               ///< the same after an event, which somebody may have to cause
    /// The line's time stands still between the steps: what comes ahead of a wait or an event is too early, and every
    /// placeholder has a value. Otherwise one without stands for anything in the module's bytes.
    bool exact = false;
  };

  TranscriptPlayer(Line& line, TranscriptStage& stage, Options options)
      : Player{line}, stage_{stage}, options_{std::move(options)} {}

  /// Where an event did not happen, what follows it counts when it is as written, and proves nothing when it is not.
  PlayReport play(const Transcript& transcript);

 private:
  using Step = Transcript::Step;

  std::string bytes(const Step& step) const;
  void perform(const Step& step);
  void set_up(const Step& step);
  void say(const Step& step);
  void expect(const Step& step);
  void happen(const Step& step);
  void expect_nothing_more(int line, Duration patience);
  void differ(int line, const std::string& what, const std::string& expected = {});

  TranscriptStage& stage_;
  Options options_;
  bool event_before_ = false;
  int missed_event_ = 0;  ///< the line of the first event that did not happen
};

/// The bytes of a step: escapes read, `{NAME}` replaced by its value where it has one.
std::string bytes_of(const std::string& text, const std::map<std::string, std::string>& values);

/// In `expected` a placeholder stands for anything up to what follows it.
Fit fit(std::string_view expected, std::string_view output);

}  // namespace quasimodem::workbench
