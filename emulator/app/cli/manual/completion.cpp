// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/manual/completion.hpp"

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/manual/candidates.hpp"

namespace quasimodem::app {
namespace {

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

struct CompletionWords {
  std::string shell{};

  CommandLine line() {
    CommandLine line{{.name = "quasimodem completion",
                      .description = "Prints the completion of a shell, which asks this program.",
                      .usage = "\nUsage: quasimodem completion bash|zsh|fish\n",
                      .footer = kFooter}};
    line.word("shell", shell, fmt::format("{}", fmt::join(names_of(completion_scripts()), "|")), "whose");
    return line;
  }

  int run() const {
    if (shell.empty()) usage("for which shell?", "quasimodem completion bash, zsh or fish");
    if (const auto* script = named(completion_scripts(), shell)) return printed(script->text);
    usage(fmt::format("no completion for \"{}\"{}", shell, did_you_mean(shell, names_of(completion_scripts()))),
          "there are bash, zsh and fish");
  }
};

int completion(const Arguments& arguments) {
  if (arguments.size() > 1 && arguments.front() == kQuestion) {
    return printed(answer(candidates({arguments.begin() + 1, arguments.end()})));
  }
  return verb<CompletionWords>().start(arguments);
}

}  // namespace

Verb completion_command() { return {&completion, verb<CompletionWords>().declare}; }

}  // namespace quasimodem::app
