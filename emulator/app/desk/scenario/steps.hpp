// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/journal.hpp"
#include "core/time.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/desk/scenario/document.hpp"

namespace quasimodem::app::scenario {

/// What a step looks at.
enum class Subject {
  at,       ///< commands, as the host sends them or, with `answer`, once they are answered
  unknown,  ///< commands that this model does not have
  urc,
  host,    ///< bytes from the host
  module,  ///< bytes from the module
  event,   ///< any record of the journal
};

struct Pattern {
  bool of_command() const { return subject == Subject::at || subject == Subject::unknown; }

  Subject subject = Subject::at;
  std::string text;  ///< empty: any
  std::optional<std::string> answer;
  std::vector<RecordKind> kinds;  ///< of an event; empty: all
};

struct Step;
using Steps = std::vector<Step>;

struct Wait {
  Pattern pattern;
  int count = 1;
  Duration within{};
  enum class Others { ignored, refused } others = Others::ignored;  ///< refused: the very next one must be it
};
struct Never {
  Pattern pattern;
  std::optional<Duration> lasting;  ///< none: from now on, beside the other steps
};
struct When {
  Pattern pattern;
  std::optional<int> times;  ///< at most so often
  Steps steps;
};
struct Every {
  Duration interval{};
  std::optional<int> times;
  Steps steps;
};
struct State {
  Node wanted;
  std::optional<Duration> within;  ///< none: now
};
struct Act {
  const control::Method* method;
  Json params;
};
struct ClearFaults {
  std::string name;
};
struct Delay {
  Duration time{};
};
struct Repeat {
  int times = 1;
  Steps steps;
};

struct Step {
  std::size_t id = 0;  ///< counts up over the whole file
  std::string number;  ///< `4`, `4.2`: of a step within the fourth
  std::string title;   ///< `wait-at AT+QIACT`
  std::string name;    ///< what its author calls it; may be empty
  Place place;
  std::variant<Wait, Never, When, Every, State, Act, ClearFaults, Delay, Repeat> what;
};

struct Scenario {
  std::string file;  ///< as it was named on the command line
  std::string name;
  Steps steps;
  std::size_t count = 0;  ///< of all steps, those within others too
};

/// The steps within this one; null when it has none.
const Steps* inner(const Step& step);
/// Each step in the order of the file, those within others too.
void for_each(const Steps& steps, const std::function<void(const Step&)>& visit);

/// Reads a scenario file. Everything wrong with it is a Problem with ExitCode::usage that names the place.
std::shared_ptr<const Scenario> read_scenario(const std::filesystem::path& file);
/// The same from text; `file` is for messages.
Scenario parse_scenario(const std::string& file, const std::string& text);

/// How one step went. Steps within others may go several times; one that failed stays so.
struct Result {
  enum class Outcome { not_reached, under_way, passed, failed };

  Outcome outcome = Outcome::not_reached;
  Duration took{};  ///< of module time, all rounds together
};

/// Why a scenario failed.
struct Failing {
  const Step* step;
  std::string what;  ///< one line, `expected AT+CSQ within 10s, got nothing for 10s`
};

/// How a scenario goes on one module.
struct Report {
  std::vector<Result> results;  ///< by the steps' ids
  std::optional<Failing> failing;
};

}  // namespace quasimodem::app::scenario
