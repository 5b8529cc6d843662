// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/config/settings_text.hpp"
#include "emulator/app/cli/options/flags.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem config show [OPTIONS]    the settings in force, as a configuration file
       quasimodem config check FILE        whether a configuration file is right
)";

constexpr const char* kShowFooter = R"(Examples:
  quasimodem config show --origin                   where each comes from
  quasimodem config show -p poor >quasimodem.toml   a file that says the same

Exit codes: 0 shown, 2 usage or configuration.)";

struct Show {
  bool origin = false, json = false;
  std::optional<Flags> flags;
};

void declare(CommandLine& line, Show& show) {
  line.flag("--origin", show.origin, "with the place that each comes from");
  line.flag("--json", show.json, "as a JSON object, with the places");
  show.flags.emplace(line, std::vector<std::string_view>{"json"});
}

void declare(CommandLine& line, std::string& file) { line.word("file", file, "FILE", "the configuration file"); }

CommandText text_of_show(std::string name) {
  return {.name = std::move(name),
          .description = "The settings in force: flags, environment, configuration file, defaults.",
          .usage = "\nUsage: quasimodem config show [--origin] [--json] [OPTIONS of run] [-- CMD]\n",
          .footer = kShowFooter};
}

CommandText text_of_check(std::string name) {
  return {.name = std::move(name),
          .description = "Reads a configuration file and says what is wrong with it.",
          .usage = "\nUsage: quasimodem config check FILE\n"};
}

int show(const Arguments& arguments) {
  auto [ours, command] = split_command(arguments);
  Show wanted;
  CommandLine line{text_of_show("quasimodem config show")};
  declare(line, wanted);
  if (const auto help = line.read(std::move(ours))) return printed(*help);
  const auto invocation = read_settings(wanted.flags->settings(line), std::move(command), process_environment());
  for (const auto& warning : invocation.warnings) fmt::print(stderr, "warning: {}\n", warning);
  if (wanted.json) return printed(to_text(settings_json(invocation)) + "\n");
  return printed(settings_text(invocation, wanted.origin ? ShowOrigin::yes : ShowOrigin::no));
}

int check(const Arguments& arguments) {
  std::string file;
  CommandLine line{text_of_check("quasimodem config check")};
  declare(line, file);
  if (const auto help = line.read(arguments)) return printed(*help);
  if (file.empty()) usage("nothing to check", "quasimodem config check FILE");
  read_command_line({"--config", file}, {});
  return printed(fmt::format("{}: good\n", file));
}

/// Of both: what `quasimodem config --help` shows.
struct Overview {
  Show wanted{};
  std::string file{};

  CommandLine line() {
    CommandLine line{
        {.name = "quasimodem config", .description = "What `quasimodem run` is configured to do.", .usage = kUsage}};
    auto show_line = line.command(text_of_show("show"));
    declare(show_line, wanted);
    auto check_line = line.command(text_of_check("check"));
    declare(check_line, file);
    return line;
  }
};

int config(const Arguments& arguments) {
  if (arguments.empty()) usage("show or check?", "see: quasimodem config --help");
  const auto& what = arguments.front();
  const Arguments rest{arguments.begin() + 1, arguments.end()};
  if (what == "show") return show(rest);
  if (what == "check") return check(rest);
  return printed(Overview{}.line().read({what}, {"show", "check"}).value_or(""));
}

}  // namespace

Verb config_command() {
  return {&config, [] { return Overview{}.line().declaration(); }};
}

}  // namespace quasimodem::app
