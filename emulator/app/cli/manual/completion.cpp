// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/manual/completion.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/cli/manual/candidates.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem completion bash|zsh|fish
)";

constexpr const char* kFooter = R"(Installed packages bring it along. For a program that lies elsewhere:
  source <(quasimodem completion bash)                                        in ~/.bashrc
  quasimodem completion zsh >~/.zfunc/_quasimodem                             with fpath+=~/.zfunc before compinit
  quasimodem completion fish >~/.config/fish/completions/quasimodem.fish)";

/// What the scripts send instead of a shell: whatever follows is the command line that is completed, options as well.
constexpr std::string_view kQuestion = "words";

std::string_view directive(Also also) {
  switch (also) {
    case Also::nothing: return "";
    case Also::files: return ":files";
    case Also::directories: return ":directories";
    case Also::programs: return ":programs";
    case Also::a_command_line: return ":command-line";
  }
  return "";
}

/// A line for each candidate, its meaning behind a tab; last, what the shell shall add.
std::string answer(const Candidates& found) {
  std::string text;
  for (const auto& [word, meaning] : found.words) text += fmt::format("{}\t{}\n", word, meaning);
  if (found.also != Also::nothing) text += fmt::format("{}\t{}\n", directive(found.also), found.before);
  return text;
}

std::vector<std::string> shells() {
  std::vector<std::string> names;
  for (const auto& script : completion_scripts()) names.emplace_back(script.shell);
  return names;
}

CommandLine completion_line(std::string& shell) {
  CommandLine line{{.name = "quasimodem completion",
                    .description = "Prints the completion of a shell, which asks this program.",
                    .usage = kUsage,
                    .footer = kFooter}};
  line.word("shell", shell, fmt::format("{}", fmt::join(shells(), "|")), "whose");
  return line;
}

}  // namespace

Declaration declare_completion() {
  std::string shell;
  return completion_line(shell).declaration();
}

int completion(const std::vector<std::string>& arguments) {
  if (arguments.size() > 1 && arguments.front() == kQuestion) {
    fmt::print("{}", answer(candidates({arguments.begin() + 1, arguments.end()})));
    return static_cast<int>(ExitCode::ok);
  }
  std::string shell;
  if (const auto help = completion_line(shell).read(arguments)) {
    fmt::print("{}", *help);
    return static_cast<int>(ExitCode::ok);
  }
  if (shell.empty()) usage("for which shell?", "quasimodem completion bash, zsh or fish");
  for (const auto& script : completion_scripts()) {
    if (script.shell != shell) continue;
    fmt::print("{}", script.text);
    return static_cast<int>(ExitCode::ok);
  }
  usage(fmt::format("no completion for \"{}\"{}", shell, did_you_mean(shell, shells())),
        "there are bash, zsh and fish");
}

}  // namespace quasimodem::app
