// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace quasimodem::app {

struct ModuleOptions;
struct RunOptions;

/// What an option takes.
enum class OptionKind {
  text,
  number,    ///< a number in a file, too
  time,      ///< a date and time in a file, too
  duration,  ///< a number in a file, too: of seconds
  list,      ///< repeatable; an array in a file, parts between semicolons in the environment
  flag,
  count,  ///< a flag that counts how often it is given
};

/// When a changed value is taken over by SIGHUP.
enum class OptionChange { at_restart, at_once };

/// One option of `run`, its only declaration: from it come the flag `--time-scale`, the variable
/// QUASIMODEM_TIME_SCALE, the key `time_scale` in its section of a configuration file, the help and
/// docs/configuration.md.
struct Option {
  std::string_view name;
  std::string_view letter;   ///< of the short flag; empty: none
  std::string_view section;  ///< of a configuration file; empty: not in one
  OptionKind kind;
  std::string_view placeholder;  ///< what the help shows as the value
  std::string_view standard;     ///< the default as a value; empty: there is none
  std::string_view meaning;
  /// Takes over one value: of a module, or of the program around it. A list is taken value by value, a flag as `true`
  /// or `false`. Throws Problem; a message about the value begins with `--NAME VALUE`.
  std::variant<void (*)(ModuleOptions& options, const std::string& value),
               void (*)(RunOptions& options, const std::string& value)>
      take;
  OptionChange change = OptionChange::at_restart;
  std::string_view standard_note = {};  ///< the default in words, where the value alone does not say it
  std::string_view with_command = {};   ///< the default under `run -- CMD`, where it is another one
};

using OptionTable = std::span<const Option>;
/// What a module is asked to be, in the order of the help. To add an option is to add a row there.
OptionTable module_option_table();
/// Those of a configuration file, in the order of the table.
std::vector<std::string_view> option_sections(OptionTable table);

std::string flag_of(const Option& option);      ///< `--time-scale`
std::string variable_of(const Option& option);  ///< `QUASIMODEM_TIME_SCALE`
std::string key_of(const Option& option);       ///< `time_scale`

/// Whether the module is there for a command (`run -- CMD`).
enum class UnderRun { alone, with_command };
/// Empty when the default is no value.
std::string_view default_value(const Option& option, UnderRun under);
/// For people; empty when there is nothing to say.
std::string default_in_words(const Option& option);

// What the options of `run` take at least and at most: `take` checks it, and the JSON Schema says it.
inline constexpr int kMostModules = 10000;
inline constexpr double kLeastTimeScale = 0.01, kMostTimeScale = 1000;
inline constexpr int kHighestVerbosity = 9;
inline constexpr std::size_t kDigitsOfImei = 15;
inline constexpr std::size_t kShortestPin = 4, kLongestPin = 8;

}  // namespace quasimodem::app
