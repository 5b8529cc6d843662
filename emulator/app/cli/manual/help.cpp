// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/manual/help.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/manual/topics.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem help [TOPIC]
       quasimodem help COMMAND [WORD...]     the same as quasimodem COMMAND [WORD...] --help
)";

std::string footer() {
  std::string text = "Topics:\n";
  for (const auto& topic : topics()) text += fmt::format("  {:<12} {}\n", topic.name, topic.summary);
  return text + "\nEverything on one page: man quasimodem, or quasimodem man | man -l -";
}

CommandLine help_line(std::vector<std::string>& words) {
  CommandLine line{{.name = "quasimodem help",
                    .description = "Explains a command or a topic.",
                    .usage = kUsage,
                    .footer = footer()}};
  line.words("topic", words, "TOPIC", "a topic below, or a command");
  return line;
}

}  // namespace

Declaration declare_help() {
  std::vector<std::string> words;
  return help_line(words).declaration();
}

int help(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  if (const auto text = help_line(words).read(arguments)) {
    fmt::print("{}", *text);
    return static_cast<int>(ExitCode::ok);
  }
  if (words.empty()) return start({"--help"});
  std::vector<std::string> known;
  for (const auto& topic : topics()) {
    known.emplace_back(topic.name);
    if (topic.name != words.front() || words.size() > 1) continue;
    fmt::print("{}", topic_text(topic));
    return static_cast<int>(ExitCode::ok);
  }
  for (const auto& command : command_summaries()) known.emplace_back(command.name);
  if (std::find(known.begin(), known.end(), words.front()) == known.end()) {
    usage(fmt::format("no help about \"{}\"{}", words.front(), did_you_mean(words.front(), known)),
          "see: quasimodem help --help");
  }
  words.emplace_back("--help");
  return start(words);
}

}  // namespace quasimodem::app
