// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/config/config.hpp"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "emulator/app/arguments.hpp"
#include "emulator/app/config/settings_text.hpp"
#include "emulator/app/options/flags.hpp"
#include "emulator/app/problem.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kHelp = R"(What `quasimodem run` is configured to do.

Usage: quasimodem config show [OPTIONS]    the settings in force, as a configuration file
       quasimodem config check FILE        whether a configuration file is right

The options of each: quasimodem config show --help
)";

constexpr const char* kShowUsage = R"(
Usage: quasimodem config show [--origin] [--json] [OPTIONS of run] [-- CMD]
)";

constexpr const char* kShowFooter = R"(Examples:
  quasimodem config show --origin                   where each comes from
  quasimodem config show -p poor >quasimodem.toml   a file that says the same

Exit codes: 0 shown, 2 usage or configuration.)";

using Arguments = std::vector<std::string>;

int print(const std::string& text) {
  fmt::print("{}", text);
  return static_cast<int>(ExitCode::ok);
}

int show(const Arguments& arguments) {
  auto [ours, command] = split_command(arguments);
  bool origin = false, json = false;
  CLI::App app{"The settings in force: flags, environment, configuration file, defaults.", "quasimodem config show"};
  set_usage(app, kShowUsage);
  app.footer(kShowFooter);
  app.set_help_flag("-h,--help", "show this and exit");
  app.add_flag("--origin", origin, "with the place that each comes from");
  app.add_flag("--json", json, "as a JSON object, with the places");
  const Flags flags{app, {"json"}};
  if (const auto help = read_arguments(app, std::move(ours))) return print(*help);
  Settings settings;
  flags.add_to(settings);
  const auto invocation = read_settings(std::move(settings), std::move(command), process_environment());
  for (const auto& warning : invocation.warnings) fmt::print(stderr, "warning: {}\n", warning);
  if (json) return print(to_text(settings_json(invocation)) + "\n");
  return print(settings_text(invocation, origin ? ShowOrigin::yes : ShowOrigin::no));
}

int check(const Arguments& arguments) {
  std::string file;
  CLI::App app{"Reads a configuration file and says what is wrong with it.", "quasimodem config check"};
  set_usage(app, "\nUsage: quasimodem config check FILE\n");
  app.set_help_flag("-h,--help", "show this and exit");
  app.add_option("file", file, "the configuration file")->type_name("FILE");
  if (const auto help = read_arguments(app, arguments)) return print(*help);
  if (file.empty()) usage("nothing to check", "quasimodem config check FILE");
  read_command_line({"--config", file}, {});
  return print(fmt::format("{}: good\n", file));
}

}  // namespace

int config(const Arguments& arguments) {
  if (arguments.empty()) usage("show or check?", "see: quasimodem config --help");
  const auto& what = arguments.front();
  if (what == "--help" || what == "-h") return print(kHelp);
  const Arguments rest{arguments.begin() + 1, arguments.end()};
  if (what == "show") return show(rest);
  if (what == "check") return check(rest);
  usage(fmt::format("config cannot \"{}\"{}", what, did_you_mean(what, {"show", "check"})),
        "see: quasimodem config --help");
}

}  // namespace quasimodem::app
