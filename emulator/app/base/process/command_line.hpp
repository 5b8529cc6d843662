// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
class Option;
}  // namespace CLI

namespace quasimodem::app {

/// What the help of a command says besides its options.
struct CommandText {
  std::string name;         ///< `quasimodem peer tls-echo`, `tls-echo` for a command of a command
  std::string description;  ///< a sentence
  std::string usage;        ///< lines that begin with "Usage:", an empty one before them
  std::string footer{};     ///< examples, exit codes
};

/// What a command takes, and the reading of it: CLI11, which only command_line.cpp sees, because it compiles slowly.
/// CLI11 only says which words belong to which option: what it makes of values, defaults and help is another thing in
/// 2.1, 2.4 and 2.6.
///
/// `names` are `-m,--model`. What is read goes into the targets, which must live until then; a target that nothing is
/// said for stays as it is.
class CommandLine {
 public:
  explicit CommandLine(const CommandText& text);  ///< has -h and --help

  void flag(const std::string& names, bool& target, const std::string& meaning);  ///< `--json=false` takes it back
  void count(const std::string& names, std::int64_t& times, const std::string& meaning);  ///< -vv: 2

  /// An option with a value. The last one counts, so that a script can put its own before those of its caller.
  template <class Text>  // std::string, or an optional one
  void option(const std::string& names, Text& target, const std::string& placeholder, const std::string& meaning) {
    add_option(names, placeholder, meaning, [&target](const auto&, const auto& texts) { target = texts.back(); });
  }
  void option(const std::string& names, int& target, const std::string& placeholder, const std::string& meaning);
  /// An option that may be given several times, each with one value.
  void list(const std::string& names, std::vector<std::string>& target, const std::string& placeholder,
            const std::string& meaning);

  /// A word that stands by itself, or all that do.
  void word(const std::string& name, std::string& target, const std::string& placeholder, const std::string& meaning);
  void words(const std::string& name, std::vector<std::string>& target, const std::string& placeholder,
             const std::string& meaning);
  /// The first such word and everything behind it, even what looks like an option.
  void rest(const std::string& name, std::vector<std::string>& target, const std::string& placeholder,
            const std::string& meaning);

  /// Declares -h and --help as a flag like any other: `read()` does not heed it.
  void help_flag(bool& target, const std::string& meaning);
  std::string help() const;
  Declaration declaration() const;

  /// A command of this one, for the help and the manual: it can be declared, only this can be read.
  CommandLine command(const CommandText& text);

  /// Reads the arguments. Gives the help when that was asked for. Throws Problem with ExitCode::usage; for an option,
  /// or one of `commands`, that does not exist it suggests one that does.
  /// `runs` is what starts a program that stands after `--`, for who has left that out: `quasimodem run`.
  std::optional<std::string> read(std::vector<std::string> arguments, const std::vector<std::string>& commands = {},
                                  std::string_view runs = {});

  /// Whether the arguments had the option or flag, which must be declared: `--model`.
  bool given(const std::string& name) const;

  /// The version of CLI11.
  static std::string library_version();

 private:
  using Texts = std::vector<std::string>;
  /// Takes what the arguments say of one option, at least one text; the name is for messages.
  using Take = std::function<void(const std::string& name, const Texts& texts)>;

  explicit CommandLine(std::shared_ptr<CLI::App> app);
  void add_flag(const std::string& names, const std::string& meaning, Take take);
  void add_option(const std::string& names, const std::string& placeholder, const std::string& meaning, Take take);
  std::optional<std::string> parse(Texts arguments, const std::string& see);
  void take() const;

  std::shared_ptr<CLI::App> app_;
  std::vector<std::pair<const CLI::Option*, Take>> takes_;
};

}  // namespace quasimodem::app
