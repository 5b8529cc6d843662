// SPDX-License-Identifier: Apache-2.0

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
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

struct HelpWords {
  std::vector<std::string> words{};

  CommandLine line() {
    CommandLine line{{.name = "quasimodem help",
                      .description = "Explains a command or a topic.",
                      .usage = kUsage,
                      .footer = footer()}};
    line.words("topic", words, "TOPIC", "a topic below, or a command");
    return line;
  }

  int run() {
    if (words.empty()) return start({"--help"});
    const auto* topic = named(topics(), words.front());
    if (topic && words.size() == 1) return printed(topic_text(*topic));
    if (!topic && !named(command_summaries(), words.front())) {
      auto known = names_of(topics());
      for (const auto& command : command_summaries()) known.emplace_back(command.name);
      usage(fmt::format("no help about \"{}\"{}", words.front(), did_you_mean(words.front(), known)),
            "see: quasimodem help --help");
    }
    words.emplace_back("--help");
    return start(words);
  }
};

}  // namespace

Verb help_command() { return verb<HelpWords>(); }

}  // namespace quasimodem::app
